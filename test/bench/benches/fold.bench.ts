import type { MindEvent } from '#libs/contracts';
import { foldAll } from '#libs/kernel';
import { SERVICE_FOLDS } from '#libs/mind';
import { eventLine } from '../../../services/event-log/src/core/chain.core';
import { generateLog } from '../generate/generate-log';
import type { Bench } from '../runner/bench';
import { atLeast, type Figure } from '../runner/figure';
import { summarize } from '../runner/statistics';

const PAGE = 1_000;
const PARSE = 'JSON.parse';

/** The pure folds, beside what it takes to parse the events that they fold. */
export const foldBench: Bench = {
  name: 'fold',
  about: 'the fold of each service alone, beside JSON.parse of the same events',
  run: ({ seed, quick }) => {
    const events = quick ? 50_000 : 1_000_000;
    const rates = new Map<string, number[]>();
    for (let round = 0; round < (quick ? 2 : 5); round++)
      for (const [name, ms] of foldOnce(events, seed))
        rates.set(name, [...(rates.get(name) ?? []), (1000 * events) / ms]);
    return Promise.resolve(Object.keys(SERVICE_FOLDS).map((name) => figureOf(name, events, rates)));
  },
};

/** Page by page: parsed, then folded by each service in turn. Milliseconds of each over the whole log. */
function foldOnce(events: number, seed: number): Map<string, number> {
  const folds = Object.entries(SERVICE_FOLDS).map(([name, fold]) => ({
    name,
    fold,
    state: fold.initialState(),
  }));
  const spent = new Map<string, number>();
  const time = <T>(name: string, work: () => T): T => {
    const startedAt = performance.now();
    const result = work();
    spent.set(name, (spent.get(name) ?? 0) + performance.now() - startedAt);
    return result;
  };
  for (const lines of pages(events, seed)) {
    const parsed = time(PARSE, () => lines.map((line) => JSON.parse(line) as MindEvent));
    for (const one of folds) one.state = time(one.name, () => foldAll(one.fold, parsed, one.state));
  }
  return spent;
}

function* pages(events: number, seed: number): Generator<string[]> {
  let page: string[] = [];
  for (const event of generateLog({ mind: 'folded', events, seed, endsAtMs: Date.UTC(2026, 0, 1) })) {
    page.push(eventLine(event));
    if (page.length < PAGE) continue;
    yield page;
    page = [];
  }
  if (page.length > 0) yield page;
}

function figureOf(name: string, events: number, rates: Map<string, number[]>): Figure {
  const [value, yardstick] = [summarize(rates.get(name) ?? []), summarize(rates.get(PARSE) ?? [])];
  const ratio = value.median / yardstick.median;
  return {
    name: `fold of ${name}, ${events} events`,
    value: { ...value, p99: undefined, unit: 'events/s' },
    yardstick: { ...yardstick, p99: undefined, name: PARSE, unit: 'events/s' },
    ratio,
    target: atLeast(ratio, 1),
  };
}
