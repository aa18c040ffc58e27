import type { ServiceName } from '#libs/contracts';
import { Random } from '../world/random';

export const FAULTS = [
  'loss',
  'duplication',
  'reordering',
  'slow network',
  'lost announcements',
  'cut line',
  'stalled line',
  'deaf member',
  'crash',
  'restart',
  'pause',
  'nats restart',
  'nats wiped',
  'database away',
  'lost statements',
  'locked rows',
  'slow database',
  'second writer',
  'rotten snapshots',
  'bad model',
] as const;
export type FaultKind = (typeof FAULTS)[number];

export interface MindPlan {
  id: string;
  /** Events before the run, and how many of them are imported. */
  history: number;
  importedTo: number;
  tickIntervalMs: number | null;
}

/** What one seed is about. Each run has a few kinds of faults and not all of them, so that each gets its room. */
export interface Plan {
  members: { service: ServiceName; count: number }[];
  minds: MindPlan[];
  /** How long clients are busy and faults happen. */
  busyMs: number;
  operations: number;
  faults: Set<FaultKind>;
  snapshotEvery: number;
  verifySample: number;
  residentMinds: number;
  tailBytes: number;
}

const STATEFUL = ['projection', 'commitment', 'reflection', 'conversation'] as const;
const MIB = 1024 * 1024;

export function planOf(seed: number): Plan {
  const random = new Random(seed * 16 + 7);
  return {
    members: membersOf(random),
    minds: Array.from({ length: random.whole(1, 4) }, (_, n) => mindOf(n, random)),
    busyMs: random.pick([6_000, 12_000, 20_000]),
    operations: random.whole(12, 45),
    faults: faultsOf(random),
    snapshotEvery: random.pick([3, 8, 1_000]),
    verifySample: random.pick([0, 0.5, 1]),
    residentMinds: random.pick([1, 2, 100, 100]),
    tailBytes: random.pick([2_000, 20_000, MIB]),
  };
}

function membersOf(random: Random): Plan['members'] {
  const stateful: ServiceName[] = random.chance(0.4)
    ? [...STATEFUL]
    : STATEFUL.slice(0, 3).filter(() => random.chance(0.6));
  if (stateful.length === 0) stateful.push('projection');
  const services: ServiceName[] = ['event-log', 'tick-coordinator', ...stateful];
  return services.map((service) => ({ service, count: random.pick([1, 2, 2, 3]) }));
}

function mindOf(n: number, random: Random): MindPlan {
  const history = random.chance(0.5) ? random.whole(1, 14) : 0;
  return {
    id: `m${n}-${random.whole(0, 999)}`,
    history,
    importedTo: random.chance(0.5) ? history : 0,
    tickIntervalMs: random.pick([500, 2_000, null, 3_600_000, 3_600_000]),
  };
}

function faultsOf(random: Random): Set<FaultKind> {
  const many = random.pick([1, 2, 3, 5, 8]);
  return new Set(Array.from({ length: many }, () => random.pick(FAULTS)));
}
