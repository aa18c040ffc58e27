import { pause } from '#deploy/local/waiting';
import { becomesReachable, withClient } from '#deploy/local/postgres-client';
import type { Random } from '../random';
import { SERVICE_NAMES } from '../stage/service-names';
import type { Stage } from '../stage/stage';
import type { Effect } from './fault-kinds';

/** Of services that own shards: all but the gateway. */
const OWNERS = SERVICE_NAMES.filter((name) => name !== 'gateway');

const RECOVERY_BEGINS_MS = 300;
const BACK_WITHIN_MS = 30_000;

/** Signals a process that may just have ended; answers whether it was there. */
export function signal(pid: number | undefined, name: NodeJS.Signals): boolean {
  if (pid === undefined) return false;
  try {
    process.kill(pid, name);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false;
    throw error;
  }
}

/** The processes of a service that run now. */
export const pidsOf = (stage: Stage, service: string): [name: string, pid: number][] =>
  Object.entries(stage.system.pids()).filter(([name]) => name === service || name.startsWith(`${service}-`));

/** One of the service that the dice choose, or of any when none of it runs; undefined when nothing does. */
function chooseService(
  stage: Stage,
  random: Random,
  names: readonly string[],
): [name: string, pid: number] | undefined {
  const running = pidsOf(stage, random.pick(names));
  const choice = running.length > 0 ? running : Object.entries(stage.system.pids());
  return choice.length > 0 ? random.pick(choice) : undefined;
}

const NOBODY: Effect = { about: 'nobody runs', isReal: false };

export async function killService(stage: Stage, random: Random): Promise<Effect> {
  const chosen = chooseService(stage, random, SERVICE_NAMES);
  if (!chosen) return NOBODY;
  const [about, pid] = chosen;
  return { about, isReal: signal(pid, 'SIGKILL') };
}

/** Shorter than what makes a member count as gone. */
export const pauseService = (stage: Stage, random: Random): Promise<Effect> =>
  pauseOneOf(stage, random, { names: SERVICE_NAMES, ms: random.between(300, 3_000) });

/** Longer than that: the others take its shards, and it goes on in the belief that they are its own. */
export const twoOwners = (stage: Stage, random: Random): Promise<Effect> =>
  pauseOneOf(stage, random, { names: OWNERS, ms: random.between(5_500, 8_000) });

async function pauseOneOf(
  stage: Stage,
  random: Random,
  { names, ms }: { names: readonly string[]; ms: number },
): Promise<Effect> {
  const chosen = chooseService(stage, random, names);
  if (!chosen) return NOBODY;
  const [name, pid] = chosen;
  return { about: `${name} for ${ms} ms`, isReal: await pausedFor(pid, ms) };
}

/** Answers whether it was there all the time. */
export async function pausedFor(pid: number | undefined, ms: number): Promise<boolean> {
  if (!signal(pid, 'SIGSTOP')) return false;
  await pause(ms);
  return signal(pid, 'SIGCONT');
}

export const natsPause = async ({ servers }: Stage, random: Random): Promise<Effect> => {
  const ms = random.between(500, 4_000);
  return { about: `for ${ms} ms`, isReal: await pausedFor(servers.pids.nats, ms) };
};

/** The server's first process alone: its backends go on, but nobody new is let in. */
export const postgresPause = async ({ servers }: Stage, random: Random): Promise<Effect> => {
  const ms = random.between(500, 3_000);
  const backends = await appendBackends(servers.postgresUrl);
  const [isReal = false, ...paused] = await Promise.all(
    [servers.pids.postgres, ...backends].map((pid) => pausedFor(pid, ms)),
  );
  return { about: `and ${paused.filter(Boolean).length} backends for ${ms} ms`, isReal };
};

/** Both restarts throw when the server does not come back. */
export async function natsRestart({ servers }: Stage): Promise<Effect> {
  await servers.restartNats();
  return { about: 'is done', isReal: true };
}

export async function natsWipe({ servers }: Stage): Promise<Effect> {
  await servers.restartNats({ wipe: true });
  return { about: 'is done', isReal: true };
}

/** SIGQUIT is PostgreSQL's immediate mode: no checkpoint, recovery from its log at the next start. */
export async function postgresRestart({ servers }: Stage): Promise<Effect> {
  await servers.restartPostgres('SIGQUIT');
  return { about: 'is done', isReal: true };
}

/** PostgreSQL then ends all its other backends too, as shared memory may be damaged, and recovers. */
export async function postgresBackendKill({ servers }: Stage, random: Random): Promise<Effect> {
  const pids = await appendBackends(servers.postgresUrl);
  const isReal = pids.length > 0 && signal(random.pick(pids), 'SIGKILL');
  if (!isReal) return { about: 'found no backend', isReal };
  await pause(RECOVERY_BEGINS_MS);
  await becomesReachable(servers.postgresUrl, AbortSignal.timeout(BACK_WITHIN_MS));
  return { about: `one of ${pids.length}`, isReal };
}

async function appendBackends(url: string): Promise<number[]> {
  const { rows } = await withClient(url, (client) =>
    client.query<{ pid: number }>(
      "SELECT pid FROM pg_stat_activity WHERE application_name = 'pmm-event-log-appends'",
    ),
  );
  return rows.map(({ pid }) => pid);
}
