import { Listener } from './checks/listener';
import { checkAcknowledged, checkLog, checkTurns, logsOf, type Log } from './checks/logs';
import { checkCreated, checkFiles, checkRested } from './checks/lives';
import { checkNames } from './checks/names';
import { checkDecisions, dutiesOf } from './checks/decisions';
import { checkCaches, checkOwners, checkSeen, Truth } from './checks/states';
import type { Bug } from './bugs/bug';
import { settle } from './load/before';
import { Client } from './load/client';
import { Faults } from './load/faults';
import { Fleet } from './load/fleet';
import { History } from './load/history';
import { Lives } from './load/lives';
import { modelsOf } from './load/model';
import { planOf, type Plan } from './load/plan';
import { Workload } from './load/workload';
import { Random } from './world/random';
import { World, type Violation } from './world/world';

/** After the last fault every request has its answer within this time. */
const ANSWERED_MS = 90_000;
/** A lost batch is noticed in this time though nothing more happens: 30 s between looks at the heads, and the reading. */
const QUIET_MS = 36_000;
/** And what a second writer has written, who tells nobody, in this time. */
const NOTICED_MS = 60_000;
/** Then every duty is done within so many ticks. */
const LAST_TICKS = 40;
const BETWEEN_TICKS_MS = 1_500;

export interface Outcome {
  seed: number;
  plan: Plan;
  violations: Violation[];
  /** Equal exactly when the same happened. */
  hash: string;
  trace: string[];
  steps: number;
  events: number;
}

/** What one run is made of. */
interface Run {
  world: World;
  plan: Plan;
  fleet: Fleet;
  client: Client;
  workload: Workload;
  lives: Lives;
  faults: Faults;
  listener: Listener;
}

/** One seed: a small system, its clients and its bad luck, and whether all promises were kept. */
export async function simulate(
  seed: number,
  options: { written?: boolean; bug?: Bug } = {},
): Promise<Outcome> {
  // A bug that can't be planted must not leave this process on the world's time.
  const undo = options.bug?.plant();
  const world = new World(seed, options.written ?? false);
  const onRejection = (error: unknown) =>
    world.violated('no failure goes unseen', error instanceof Error ? (error.stack ?? '') : String(error));
  process.on('unhandledRejection', onRejection);
  try {
    const run = build(world);
    await live(run);
    return outcomeOf(run);
  } finally {
    undo?.();
    world.end();
    process.off('unhandledRejection', onRejection);
  }
}

function build(world: World): Run {
  const chance = (n: number) => new Random(world.seed * 16 + n);
  const plan = planOf(world.seed);
  const mood = { bad: false };
  const fleet = new Fleet(world, chance(8), plan, modelsOf(world.scheduler, chance(9), mood));
  const client = new Client(world, chance(10), new History());
  const workload = new Workload(client, chance(11), plan, world.scheduler);
  const lives = new Lives(client, chance(14), plan, world);
  const faults = new Faults(world, chance(12), plan, fleet, mood);
  for (const mind of plan.minds) settle(world.database, mind);
  world.trace.note('PLAN', () => describe(plan));
  return { world, plan, fleet, client, workload, lives, faults, listener: new Listener(world) };
}

/** Busy and bad times, then answers to all, then quiet, then what is left to do. */
async function live(run: Run): Promise<void> {
  const { world, plan, fleet, client, workload, lives, faults } = run;
  const { scheduler } = world;
  const failed = () => world.violations.length > 0;
  fleet.places.forEach((place) => fleet.start(place));
  workload.begin();
  lives.begin();
  faults.schedule();
  await scheduler.runUntil(plan.busyMs, failed);
  const { waiting } = client.history;
  if (!failed()) await scheduler.runUntil(scheduler.now + ANSWERED_MS, () => failed() || waiting.size === 0);
  if (!failed() && waiting.size > 0) world.violated('every request has an answer', [...waiting].join('; '));
  if (!failed()) await quiet(run, failed);
  if (!failed()) await doDuties(run, failed);
  if (!failed()) checkAll(run);
}

async function quiet(run: Run, failed: () => boolean): Promise<void> {
  const { world, fleet, faults } = run;
  world.trace.note('PHASE', () => 'quiet');
  const { scheduler } = world;
  const quietMs = faults.strange.size > 0 ? NOTICED_MS : QUIET_MS;
  await scheduler.runUntil(scheduler.now + quietMs, failed);
  // What a tick of the last moment caused is still on its way.
  const isStill = () => logsOf(world).every(({ rows }) => (rows.at(-1)?.atMs ?? 0) < Date.now() - 2_000);
  for (let rounds = 0; rounds < 200 && !isStill() && !failed(); rounds++)
    await scheduler.runUntil(scheduler.now + 250, failed);
  checkOwners(world, fleet);
  const logs = logsOf(world);
  checkCaches(
    world,
    fleet,
    logs.map((log) => new Truth(log)),
  );
  logs.forEach((log) => checkBroadcasts(run, log));
}

/** Not those that nobody need announce: from before the run, imported ones (no rule decides on them), and of a second writer. */
function checkBroadcasts({ plan, faults, listener }: Run, log: Log): void {
  const before = plan.minds.find(({ id }) => id === log.mind)?.history ?? log.importedTo;
  const strange = faults.strange.get(log.mind);
  listener.checkBroadcasts(log, ({ position }) => position > before && !strange?.has(position));
}

/** Ticks until nothing is left to do. */
async function doDuties(run: Run, failed: () => boolean): Promise<void> {
  const { world, plan, client, workload } = run;
  const services = new Set<string>(plan.members.map(({ service }) => service));
  world.trace.note('PHASE', () => 'duties');
  const open = () =>
    logsOf(world).flatMap((log) => dutiesOf(log, services).map((duty) => `${log.mind}: ${duty}`));
  for (let n = 0; n < LAST_TICKS && !failed(); n++) {
    if (n > 0 && open().length === 0) return;
    for (const id of world.database.minds.keys())
      client.later(0, `last tick ${id}`, () => workload.tick(id, `last-${n}`));
    await world.scheduler.runUntil(world.scheduler.now + BETWEEN_TICKS_MS, failed);
  }
  if (!failed()) world.violated('a duty is done in the end', open().join('; '));
}

function checkAll(run: Run): void {
  const { world, plan, client } = run;
  const { history } = client;
  const services = new Set<string>(plan.members.map(({ service }) => service));
  checkCreated(world, history);
  checkRested(world, history);
  for (const log of logsOf(world)) {
    checkFiles(world, log, history);
    checkLog(world, log);
    checkAcknowledged(world, log, history);
    checkTurns(world, log, history);
    checkSeen(world, new Truth(log), history);
    checkDecisions(world, log, services);
    if (services.has('commitment')) checkNames(world, log);
    checkBroadcasts(run, log);
  }
}

function outcomeOf({ world, plan }: Run): Outcome {
  const logs = logsOf(world);
  for (const { rows } of logs) for (const { hash } of rows) world.trace.mix(parseInt(hash.slice(0, 7), 16));
  return {
    ...{ seed: world.seed, plan, violations: world.violations },
    ...{ hash: world.trace.hash, trace: world.trace.lines, steps: world.scheduler.steps },
    events: logs.reduce((sum, { rows }) => sum + rows.length, 0),
  };
}

const describe = ({ members, minds, births, faults, ...rest }: Plan): string =>
  JSON.stringify({
    members: members.map(({ service, count }) => `${count} ${service}`).join(', '),
    minds: minds.map(({ id, history, importedTo }) => `${id} (${history}, ${importedTo})`).join(', '),
    births: births.map(({ id, imports }) => `${id} (${imports})`).join(', '),
    faults: [...faults].join(', '),
    ...rest,
  });
