import { pause } from '#deploy/local/waiting';
import type { History } from '../load/history';
import type { Load } from '../load/load';
import { Random } from '../random';
import type { Stage } from '../stage/stage';
import type { Effect, FaultKind, PlannedFault } from './fault-kinds';
import { forkAttempt, fullQueues } from './load-faults';
import * as processes from './process-faults';
import * as wires from './wire-faults';

export interface Injected extends Effect {
  kind: FaultKind;
}

type Inject = (stage: Stage, random: Random, load: Load) => Promise<Effect>;

const INJECT: Readonly<Record<FaultKind, Inject>> = {
  'kill-service': processes.killService,
  'pause-service': processes.pauseService,
  'two-owners': processes.twoOwners,
  'nats-restart': processes.natsRestart,
  'nats-wipe': processes.natsWipe,
  'nats-pause': processes.natsPause,
  'postgres-restart': processes.postgresRestart,
  'postgres-backend-kill': processes.postgresBackendKill,
  'postgres-pause': processes.postgresPause,
  'nats-cut': ({ natsProxy }, random) => wires.cut(natsProxy, random),
  'nats-delay': ({ natsProxy }, random) => wires.delay(natsProxy, random),
  'postgres-cut': ({ postgresProxy }, random) => wires.cut(postgresProxy, random),
  'postgres-delay': ({ postgresProxy }, random) => wires.delay(postgresProxy, random),
  'batches-doubled': wires.batchesDoubled,
  'batches-reordered': wires.batchesReordered,
  'model-hangs': (stage, random) => wires.modelMood(stage, random, 'hangs'),
  'model-errs': (stage, random) => wires.modelMood(stage, random, 'errs'),
  'model-says-nothing': (stage, random) => wires.modelMood(stage, random, 'says-nothing'),
  'full-queues': (stage, random, load) => fullQueues(stage, load, random),
  'fork-attempt': (stage, random, load) => forkAttempt(stage, load, random),
};

/** Two faults of one group would get into each other's way: the second waits for the first. */
const GROUP: Partial<Record<FaultKind, string>> = {
  'nats-restart': 'nats',
  'nats-wipe': 'nats',
  'nats-pause': 'nats',
  'postgres-restart': 'postgres',
  'postgres-backend-kill': 'postgres',
  'postgres-pause': 'postgres',
  'fork-attempt': 'postgres',
  'model-hangs': 'model',
  'model-errs': 'model',
  'model-says-nothing': 'model',
  'full-queues': 'queues',
};

/** Does to the system what the plan says, and writes down what it did. Resolves when the last fault has ended. */
export async function inject(
  plan: readonly PlannedFault[],
  { stage, load, history, seed }: { stage: Stage; load: Load; history: History; seed: number },
): Promise<Injected[]> {
  const startedAt = performance.now();
  const groups = new Map<string, Promise<unknown>>();
  const injected: Injected[] = [];
  const one = async ({ kind, atMs }: PlannedFault, n: number) => {
    await pause(Math.max(0, startedAt + atMs - performance.now()));
    const group = GROUP[kind] ?? `${kind}-${n}`;
    const work = (groups.get(group) ?? Promise.resolve()).then(async () => {
      history.note(`${kind} begins`);
      const effect = await INJECT[kind](stage, new Random(seed * 100 + n), load);
      history.note(`${kind} ${effect.isReal ? '' : 'in vain: '}${effect.about}`);
      injected.push({ kind, ...effect });
    });
    groups.set(group, work);
    await work;
  };
  await Promise.all(plan.map(one));
  return injected;
}
