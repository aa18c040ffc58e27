import { isKind, REGISTRY } from '#libs/contracts';
import { canonicalJson } from '#libs/kernel';
import { chainEvent, EMPTY_HEAD, type ChainedEvent } from '../../../services/event-log/src/core/chain.core';
import { Life, type Happening } from './life';
import { Random } from './random';
import { rarities } from './rarities';

export interface LogPlan {
  mind: string;
  events: number;
  seed: number;
  /** When the last event happened, in milliseconds since 1970. */
  endsAtMs: number;
  /** What happens in it; default: the whole life of a mind in use. */
  happenings?: (random: Random) => Iterable<Happening>;
  /** Of the mind; null is the system's default, absent what the filling says. */
  tickIntervalMs?: number | null;
}

/** A log as event-log would store it, chained by event-log's own core. The same plan gives the same log. */
export function* generateLog(plan: LogPlan): Generator<ChainedEvent, void> {
  let atMs = plan.endsAtMs - spanOf(plan);
  let head = EMPTY_HEAD;
  const { random, happenings } = begin(plan);
  let left = plan.events;
  for (const { kind, content, meta, gapMs } of happenings) {
    if (left-- <= 0) return;
    atMs += gapMs;
    const version = isKind(kind) ? REGISTRY[kind].version : 1;
    const loose = { id: random.uuid(), kind, version, content, metaJson: canonicalJson(meta) };
    const event = chainEvent(plan.mind, head, loose, atMs);
    yield event;
    head = event;
  }
}

function begin({ seed, happenings }: LogPlan): { random: Random; happenings: Iterable<Happening> } {
  const random = new Random(seed);
  const own = happenings ?? ((source: Random) => new Life(source, rarities).happenings());
  return { random: new Random(seed ^ 0x5bd1e995), happenings: own(random) };
}

/** How long the log lasts: it is told once without being written. */
function spanOf(plan: LogPlan): number {
  let spanMs = 0;
  let left = plan.events;
  for (const { gapMs } of begin(plan).happenings) {
    if (left-- <= 0) break;
    spanMs += gapMs;
  }
  return spanMs;
}
