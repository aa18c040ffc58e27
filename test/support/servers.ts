import { spawn, type ChildProcess } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { KeptProcess } from '#deploy/local/kept-process';
import { startNats, type NatsServer } from '#deploy/local/nats';
import { startPostgres, type PostgresServer } from '#deploy/local/postgres';
import { withClient, withDatabase } from '#deploy/local/postgres-client';
import { waitUntil } from '#deploy/local/waiting';

export interface ServersOptions {
  /** Default true: start a PostgreSQL. */
  postgres?: boolean;
  /** Default true: start a NATS server with JetStream. */
  nats?: boolean;
  /** Default: a new temporary one, removed by `stop`. A given one is kept. */
  dataDir?: string;
  /** More settings of PostgreSQL. fsync is on in any case. */
  postgresSettings?: Record<string, string>;
}

/** Real servers of one test suite, on free ports of loopback. */
export interface Servers {
  readonly dataDir: string;
  /** To the database `pmm`. Throws when the suite asked for no PostgreSQL; so does `natsUrl` for NATS. */
  readonly postgresUrl: string;
  readonly natsUrl: string;
  readonly pids: { postgres?: number; nats?: number };
  /** A new empty database of this server; answers its URL. */
  createDatabase(name: string): Promise<string>;
  /** Kills NATS and waits until it is back on the same port; `wipe` deletes JetStream's store in between. */
  restartNats(options?: { wipe?: boolean }): Promise<void>;
  /** Ends PostgreSQL and waits until it is back on the same port. Default SIGQUIT, the immediate shutdown. */
  restartPostgres(signal?: NodeJS.Signals): Promise<void>;
  stop(): Promise<void>;
}

const backWithinMs = 30_000;

/** A new data folder for a test. Others may pass through it, as PostgreSQL is another user when we are root. */
export function temporaryDataDir(): string {
  const folder = mkdtempSync(join(tmpdir(), 'pmm-test-'));
  chmodSync(folder, 0o755);
  return folder;
}

/** Starts what the suite needs: call it in `beforeAll` (1 to 3 s) and `stop` in `afterAll`. */
export async function withServers(options: ServersOptions = {}): Promise<Servers> {
  const dataDir = options.dataDir ?? temporaryDataDir();
  mkdirSync(dataDir, { recursive: true });
  const running: { postgres?: PostgresServer; nats?: NatsServer } = {};
  const stop = async () => {
    guard.kill();
    await Promise.all([running.postgres?.process.stop(), running.nats?.process.stop()]);
    if (options.dataDir === undefined) rmSync(dataDir, { recursive: true, force: true });
  };
  const guard = guardServers(dataDir);
  try {
    const { postgresSettings: settings } = options;
    if (options.postgres ?? true)
      running.postgres = await startPostgres({ dataDir, settings, syncNewCluster: false });
    if (options.nats ?? true) running.nats = await startNats({ dataDir });
  } catch (error) {
    await stop();
    throw error;
  }
  return describeServers(dataDir, running, stop);
}

/**
 * Ends the servers when this process goes without a word, killed with its tests in the middle: the pipe to this
 * small program closes then. It is in a group of its own, as Ctrl-C must not end it before them.
 */
function guardServers(dataDir: string): ChildProcess {
  const endThem = `read _
    for file in "$1/postgres/postmaster.pid" "$1/nats.pid"; do
      [ -f "$file" ] && pid=$(head -n 1 "$file") && ps -o args= -p "$pid" | grep -qF "$1" && kill -QUIT "$pid"
    done`;
  const guard = spawn('/bin/sh', ['-c', endThem, 'guard', dataDir], {
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  guard.unref();
  // The pipe alone must not keep a finished test run alive.
  if (guard.stdin instanceof Socket) guard.stdin.unref();
  return guard;
}

function describeServers(
  dataDir: string,
  { postgres, nats }: { postgres?: PostgresServer; nats?: NatsServer },
  stop: () => Promise<void>,
): Servers {
  return {
    dataDir,
    get postgresUrl() {
      return asked(postgres, 'PostgreSQL').url;
    },
    get natsUrl() {
      return asked(nats, 'NATS').url;
    },
    get pids() {
      return { postgres: postgres?.process.pid, nats: nats?.process.pid };
    },
    createDatabase: (name) => createDatabase(asked(postgres, 'PostgreSQL').url, name),
    restartNats: ({ wipe = false } = {}) => restartNats(asked(nats, 'NATS'), wipe),
    restartPostgres: (signal = 'SIGQUIT') => restart(asked(postgres, 'PostgreSQL').process, signal),
    stop,
  };
}

function asked<T>(server: T | undefined, name: string): T {
  if (server === undefined) throw new Error(`this suite started no ${name}`);
  return server;
}

async function createDatabase(url: string, name: string): Promise<string> {
  await withClient(url, (client) => client.query(`CREATE DATABASE ${client.escapeIdentifier(name)}`));
  return withDatabase(url, name);
}

/** It is held while its store goes, so that it can't write a part of it again. */
async function restartNats({ process: kept, storeDir }: NatsServer, wipe: boolean): Promise<void> {
  await restart(kept, 'SIGKILL', (pid) => {
    if (!wipe) return;
    process.kill(pid, 'SIGSTOP');
    rmSync(storeDir, { recursive: true, force: true });
  });
}

async function restart(
  kept: KeptProcess,
  signal: NodeJS.Signals,
  before?: (pid: number) => void,
): Promise<void> {
  const pid = asked(kept.pid, kept.name);
  const lives = kept.readyCount;
  before?.(pid);
  process.kill(pid, signal);
  const isBack = await waitUntil(() => kept.readyCount > lives, { timeoutMs: backWithinMs });
  if (!isBack) throw new Error(`${kept.name} did not come back:\n${kept.log.tail(20).join('\n')}`);
}
