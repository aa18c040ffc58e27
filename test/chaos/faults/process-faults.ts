import { pause } from '#deploy/local/waiting';
import { becomesReachable, withClient } from '#deploy/local/postgres-client';
import type { Random } from '../random';
import { SERVICE_NAMES } from '../stage/service-names';
import type { Stage } from '../stage/stage';

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

function chooseService(stage: Stage, random: Random, names: readonly string[]): [name: string, pid: number] {
  const pids = Object.entries(stage.system.pids());
  const wanted = random.pick(names);
  const running = pids.filter(([name]) => name === wanted || name.startsWith(`${wanted}-`));
  return random.pick(running.length > 0 ? running : pids);
}

export async function killService(stage: Stage, random: Random): Promise<string> {
  const [name, pid] = chooseService(stage, random, SERVICE_NAMES);
  signal(pid, 'SIGKILL');
  return name;
}

/** Shorter than what makes a member count as gone. */
export async function pauseService(stage: Stage, random: Random): Promise<string> {
  const [name, pid] = chooseService(stage, random, SERVICE_NAMES);
  const ms = random.between(300, 3_000);
  await pausedFor(pid, ms);
  return `${name} for ${ms} ms`;
}

/** Longer than that: the others take its shards, and it goes on in the belief that they are its own. */
export async function twoOwners(stage: Stage, random: Random): Promise<string> {
  const [name, pid] = chooseService(stage, random, OWNERS);
  const ms = random.between(5_500, 8_000);
  await pausedFor(pid, ms);
  return `${name} for ${ms} ms`;
}

async function pausedFor(pid: number | undefined, ms: number): Promise<void> {
  if (!signal(pid, 'SIGSTOP')) return;
  await pause(ms);
  signal(pid, 'SIGCONT');
}

export const natsPause = async ({ servers }: Stage, random: Random): Promise<string> => {
  const ms = random.between(500, 4_000);
  await pausedFor(servers.pids.nats, ms);
  return `for ${ms} ms`;
};

/** The server's first process alone: its backends go on, but nobody new is let in. */
export const postgresPause = async ({ servers }: Stage, random: Random): Promise<string> => {
  const ms = random.between(500, 3_000);
  const pids = [servers.pids.postgres, ...(await appendBackends(servers.postgresUrl))];
  await Promise.all(pids.map((pid) => pausedFor(pid, ms)));
  return `and ${pids.length - 1} backends for ${ms} ms`;
};

export async function natsRestart({ servers }: Stage): Promise<string> {
  await servers.restartNats();
  return '';
}

export async function natsWipe({ servers }: Stage): Promise<string> {
  await servers.restartNats({ wipe: true });
  return '';
}

/** SIGQUIT is PostgreSQL's immediate mode: no checkpoint, recovery from its log at the next start. */
export async function postgresRestart({ servers }: Stage): Promise<string> {
  await servers.restartPostgres('SIGQUIT');
  return '';
}

/** PostgreSQL then ends all its other backends too, as shared memory may be damaged, and recovers. */
export async function postgresBackendKill({ servers }: Stage, random: Random): Promise<string> {
  const pids = await appendBackends(servers.postgresUrl);
  if (pids.length === 0) return 'found no backend';
  signal(random.pick(pids), 'SIGKILL');
  await pause(RECOVERY_BEGINS_MS);
  await becomesReachable(servers.postgresUrl, AbortSignal.timeout(BACK_WITHIN_MS));
  return `one of ${pids.length}`;
}

async function appendBackends(url: string): Promise<number[]> {
  const { rows } = await withClient(url, (client) =>
    client.query<{ pid: number }>(
      "SELECT pid FROM pg_stat_activity WHERE application_name = 'pmm-event-log-appends'",
    ),
  );
  return rows.map(({ pid }) => pid);
}
