import { spawn, spawnSync } from 'node:child_process';
import { existsSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { waitUntil } from '#deploy/local/waiting';
import { Supervised, type ReadyLine } from '#test/support/supervised';
import { temporaryDataDir } from '#test/support/servers';

export interface SystemOptions {
  /** Settings of this system. None of the caller's own `PMM_...` reach it. */
  env?: Record<string, string>;
  /** Such as `{ 'event-log': 2 }`. */
  replicas?: Record<string, number>;
  /** Default: a new temporary one, removed by `stop`. A given one is kept. */
  dataDir?: string;
  /** Default: the build of this checkout, made fresh when it is older than its sources. */
  program?: readonly string[];
}

/** The whole system as processes of this machine, on free ports. Replicas are counted from 1. */
export interface System {
  readonly http: string;
  readonly nats: string;
  readonly postgresUrl: string;
  readonly dataDir: string;
  readonly supervisorPid: number;
  /** All lines that the supervisor printed, parsed. */
  readonly lines: readonly object[];
  /** Running processes by name: `postgres`, `nats`, `event-log`, `event-log-2`, … */
  pids(): Record<string, number>;
  /** Sends a signal (SIGKILL; SIGSTOP and SIGCONT pause and continue) and answers the process number. */
  kill(name: string, replica?: number, signal?: NodeJS.Signals): number;
  /** Waits until the process that `kill` ended is ready again; answers its new number. */
  restartOf(name: string, replica?: number): Promise<number>;
  /** Deletes JetStream's store under the running NATS, kills it, and waits until it is back. */
  wipeNatsStore(): Promise<void>;
  /** The end of each log, for a failure's message. */
  logTails(lines?: number): string;
  /** Stops all and answers the supervisor's exit code. */
  stop(signal?: NodeJS.Signals): Promise<number | null>;
}

const root = join(__dirname, '..', '..');
const readyWithinMs = 120_000;
const backWithinMs = 60_000;
const stopWithinMs = 120_000;

/** Starts the whole system and waits until it is ready. Throws with the end of every log when it is not. */
export async function startSystem(options: SystemOptions = {}): Promise<System> {
  const dataDir = options.dataDir ?? temporaryDataDir();
  const supervised = launch(options, dataDir);
  const ready = await waitUntil(() => supervised.ready ?? (supervised.hasEnded ? 'ended' : undefined), {
    timeoutMs: readyWithinMs,
  });
  if (ready !== undefined && ready !== 'ended') return describeSystem(options, dataDir, supervised, ready);
  await supervised.stop('SIGTERM', stopWithinMs);
  const tails = tailsOf(dataDir, 15);
  if (options.dataDir === undefined) rmSync(dataDir, { recursive: true, force: true });
  throw new Error(`the system did not become ready:\n${supervised.output}\n${tails}`);
}

function launch(options: SystemOptions, dataDir: string): Supervised {
  const program = options.program ?? builtProgram();
  const env = {
    ...ownEnvironment(),
    PMM_HTTP_PORT: '0',
    PMM_REPLICAS: replicasText(options.replicas),
    ...options.env,
  };
  const child = spawn(process.execPath, [...program, '--json'], {
    cwd: root,
    env: { ...env, PMM_DATA_DIR: dataDir },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  return new Supervised(child);
}

function builtProgram(): string[] {
  const { status, stderr } = spawnSync(process.execPath, [join(root, 'deploy', 'local', 'prepare.mjs')], {
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`the build failed:\n${stderr}`);
  return ['--enable-source-maps', join(root, 'dist', 'deploy', 'local', 'main.js')];
}

function ownEnvironment(): NodeJS.ProcessEnv {
  const foreign = (name: string) =>
    name.startsWith('PMM_') || name.startsWith('JEST_') || name === 'NODE_ENV';
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !foreign(name)));
}

function replicasText(replicas: Record<string, number> = {}): string {
  return Object.entries(replicas)
    .map(([name, count]) => `${name}=${count}`)
    .join(',');
}

function describeSystem(
  options: SystemOptions,
  dataDir: string,
  supervised: Supervised,
  ready: ReadyLine,
): System {
  const killed = new Map<string, number>();
  const instance = (name: string, replica = 1) => (replica === 1 ? name : `${name}-${replica}`);
  const kill = (name: string, replica?: number, signal: NodeJS.Signals = 'SIGKILL') => {
    const pid = supervised.pids()[instance(name, replica)];
    if (pid === undefined)
      throw new Error(`${instance(name, replica)} does not run:\n${tailsOf(dataDir, 15)}`);
    process.kill(pid, signal);
    killed.set(instance(name, replica), pid);
    return pid;
  };
  const restartOf = async (name: string, replica?: number) => {
    const other = () => {
      const pid = supervised.pids()[instance(name, replica)];
      return pid === killed.get(instance(name, replica)) ? undefined : pid;
    };
    const pid = await waitUntil(other, { timeoutMs: backWithinMs });
    if (pid === undefined)
      throw new Error(`${instance(name, replica)} did not come back:\n${tailsOf(dataDir, 15)}`);
    return pid;
  };
  return {
    http: ready.http,
    nats: ready.nats,
    postgresUrl: ready.postgres,
    dataDir,
    supervisorPid: supervised.pid,
    lines: supervised.lines,
    pids: () => supervised.pids(),
    kill,
    restartOf,
    wipeNatsStore: async () => {
      kill('nats', 1, 'SIGSTOP');
      rmSync(join(dataDir, 'nats'), { recursive: true, force: true });
      kill('nats');
      await restartOf('nats');
    },
    logTails: (lines = 15) => tailsOf(dataDir, lines),
    stop: async (signal = 'SIGTERM') => {
      const code = await supervised.stop(signal, stopWithinMs);
      if (options.dataDir === undefined) rmSync(dataDir, { recursive: true, force: true });
      return code;
    },
  };
}

function tailsOf(dataDir: string, lines: number): string {
  const folder = join(dataDir, 'logs');
  if (!existsSync(folder)) return '';
  const logs = readdirSync(folder).filter((name) => name.endsWith('.log'));
  return logs.map((name) => `--- ${name}\n${lastLines(join(folder, name), lines)}`).join('\n');
}

function lastLines(file: string, lines: number): string {
  return readFileSync(file, 'utf8').trimEnd().split('\n').slice(-lines).join('\n');
}
