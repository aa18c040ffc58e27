import { Random } from '../random';
import { FAULT_KINDS, type FaultKind, type PlannedFault } from './fault-kinds';

const KINDS_PER_RUN = 6;
/** Neighbours in the list are alike: a run takes kinds from all over it. Prime, and so each kind has its turn. */
const STRIDE = 7;
const FIRST_AT_MS = 1_000;
/** The load goes on for so long after the last fault began. */
const QUIET_MS = 4_000;
const MOST_REPEATS = 2;

/**
 * The faults of one run, from its seed alone. Which kinds they are goes round with the seed, so that a series over
 * consecutive seeds meets each kind equally often; how often and when is drawn.
 */
export function planFaults(
  seed: number,
  seconds: number,
  kinds: readonly FaultKind[] = FAULT_KINDS,
): PlannedFault[] {
  const random = new Random(seed);
  const count = Math.min(KINDS_PER_RUN, kinds.length);
  const ofRun = Array.from(
    { length: count },
    (_, n) => kinds[((seed * count + n) * STRIDE) % kinds.length] as FaultKind,
  );
  const lastAtMs = Math.max(FIRST_AT_MS, seconds * 1_000 - QUIET_MS);
  const planned = ofRun.flatMap((kind) =>
    Array.from({ length: random.between(1, MOST_REPEATS) }, () => ({
      kind,
      atMs: random.between(FIRST_AT_MS, lastAtMs),
    })),
  );
  return planned.sort((a, b) => a.atMs - b.atMs);
}
