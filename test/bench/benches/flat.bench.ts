import type {
  AdoptReply,
  AppendReply,
  CommitmentsReply,
  SelfModelReply,
  TurnReply,
  VerifyReply,
} from '#libs/contracts';
import type { BenchClient } from '../rig/bench-client';
import { Notes } from '../rig/notes';
import { SettledTick } from '../rig/settled-tick';
import type { Bench } from '../runner/bench';
import { atMost, type Figure } from '../runner/figure';
import { interleave, timed } from '../runner/repeat';
import { summarize } from '../runner/statistics';

const GROWTH = 1.2;
const VERIFIED_EVENTS = 100;
const WARM_UP = 20;
const SHORT = 1_000;

type Work = (round: number) => Promise<number>;

/** Everything else that a mind does all day: it must cost the same in a long life as in a short one. */
export const flatBench: Bench = {
  name: 'flat',
  about:
    'turn, adoption, GET self-model, GET commitments, append and incremental verification by length of the log',
  run: async ({ rig, quick, seed }) => {
    const long = quick ? 10_000 : 1_000_000;
    const minds = [await rig.mind(SHORT), await rig.mind(long)];
    const client = await rig.services();
    await client.warm(minds);
    const watches = await Promise.all(minds.map((mind) => SettledTick.of(client, mind)));
    const works = minds.map((mind, n) =>
      worksOf(client, mind, watches[n] as SettledTick, new Notes(seed + n + 3)),
    );
    const [short = {}, other = {}] = works;
    const measurements: Record<string, Work> = {};
    for (const [name, work] of Object.entries(short)) {
      measurements[`${name} short`] = work;
      measurements[`${name} long`] = other[name] as Work;
    }
    await interleave(WARM_UP, measurements);
    const values: Record<string, number[]> = await interleave(quick ? 50 : 500, measurements);
    for (const watch of watches) watch.close();
    return Object.keys(short).map((name) =>
      figureOf(name, long, { short: values[`${name} short`] ?? [], long: values[`${name} long`] ?? [] }),
    );
  },
};

/** All of them change the state, or come after what has, so that no answer is just the last one again. */
function worksOf(client: BenchClient, mind: string, watch: SettledTick, notes: Notes): Record<string, Work> {
  const settledAfter = async (work: () => Promise<number>) => {
    let position = 0;
    const ms = await timed(async () => (position = await work()));
    await client.folded(mind, position);
    return ms;
  };
  const append = async () =>
    (await client.ask<AppendReply>('event-log', mind, 'append', { events: notes.take(1) })).to;
  const turn = async () => {
    const turnId = `bench-${notes.next().id.slice(0, 13)}`;
    return (await client.ask<TurnReply>('conversation', mind, 'turn', { turnId, text: notes.next().content }))
      .positions.reply;
  };
  const adopt = async (round: number) => {
    const name = round % 2 === 0 ? 'Ada' : 'Nova';
    return (await client.ask<AdoptReply>('projection', mind, 'adopt', { name })).positions.at(-1) ?? 0;
  };
  const verify = async () => {
    const from = (await client.head(mind)).position - VERIFIED_EVENTS + 1;
    return timed(async () => {
      const { ok, events } = await client.ask<VerifyReply>('event-log', mind, 'verify', { from });
      if (!ok || events < VERIFIED_EVENTS) throw new Error(`${mind} is not verified from ${from}`);
    });
  };
  return {
    append: () => settledAfter(append),
    turn: () => settledAfter(turn),
    'adoption, until everything that follows is appended and folded': (round) =>
      watch.measure(() => adopt(round)),
    'GET self-model': () => timed(() => client.ask<SelfModelReply>('projection', mind, 'get')),
    'GET commitments': () => timed(() => client.ask<CommitmentsReply>('commitment', mind, 'list')),
    [`verification of the last ${VERIFIED_EVENTS} events`]: verify,
  };
}

function figureOf(name: string, long: number, values: { short: number[]; long: number[] }): Figure {
  const [value, yardstick] = [summarize(values.long), summarize(values.short)];
  const growth = value.median / yardstick.median;
  return {
    name: `${name} at ${long} events`,
    value: { ...value, unit: 'ms' },
    yardstick: { ...yardstick, name: `itself at ${SHORT} events`, unit: 'ms' },
    ratio: growth,
    target: atMost(growth, GROWTH),
  };
}
