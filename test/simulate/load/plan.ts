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

/** A mind that is made while the others are busy, and how many events its file holds that is imported into it; 0: no file. */
export interface BirthPlan {
  id: string;
  tickIntervalMs: number | null;
  imports: number;
}

/** What one seed is about. Each run has a few kinds of faults and not all of them, so that each gets its room. */
export interface Plan {
  members: { service: ServiceName; count: number }[];
  minds: MindPlan[];
  births: BirthPlan[];
  /** Minds, of all of these, that are archived for a while. */
  resting: string[];
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
  const members = membersOf(random);
  const minds = Array.from({ length: random.whole(1, 4) }, (_, n) => mindOf(n, random));
  return {
    ...{ members, minds, ...livesOf(minds, new Random(seed * 16 + 13)) },
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

/** Half of the runs have minds that come, half have minds that rest. */
function livesOf(minds: readonly MindPlan[], random: Random): Pick<Plan, 'births' | 'resting'> {
  const births = Array.from({ length: random.pick([0, 0, 1, 2]) }, (_, n) => birthOf(n, random));
  const restless = random.chance(0.5);
  const ids = [...minds, ...births].map(({ id }) => id);
  return { births, resting: ids.filter(() => !restless && random.chance(0.7)) };
}

function birthOf(n: number, random: Random): BirthPlan {
  return {
    id: `b${n}-${random.whole(0, 999)}`,
    tickIntervalMs: random.pick([500, 2_000, null, 3_600_000]),
    imports: random.chance(0.7) ? random.whole(1, 14) : 0,
  };
}

function faultsOf(random: Random): Set<FaultKind> {
  const many = random.pick([1, 2, 3, 5, 8]);
  return new Set(Array.from({ length: many }, () => random.pick(FAULTS)));
}
