import { spawn } from 'node:child_process';
import { mkdirSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { postgresAccount } from './account';
import { KeptProcess } from './kept-process';
import { LogFile } from './log-file';
import { pidIn, stopOrphan, type Persuasion } from './orphans';
import { freePort } from './ports';
import { becomesReachable, databaseName, openDatabase } from './postgres-client';
import { ensureCluster, passwordOf, role, serverEnvironment } from './postgres-cluster';
import { findPlace, type Place } from './postgres-place';
import { findPrograms, type Programs } from './postgres-programs';
import type { ProcessReport } from './process-plan';
import { commandLineOf } from './process-identity';

export interface PostgresOptions {
  /** The data folder of the system; made when it is missing. */
  dataDir: string;
  /** Asked when no server left behind holds a port any more. Default: a free one. */
  choosePort?: () => Promise<number>;
  /** In a process group of its own, so that Ctrl-C in the terminal reaches only the supervisor. */
  detached?: boolean;
  /** Whether a new cluster is forced to disk; false is for tests that throw it away. Commits always are. */
  syncNewCluster?: boolean;
  /** Of another installation than the package's. */
  programs?: Programs;
  /** More settings, such as `{ log_statement: 'all' }`. */
  settings?: Record<string, string>;
  report?: (report: ProcessReport) => void;
}

export interface PostgresServer {
  /** To the database `pmm`, with the password. */
  url: string;
  port: number;
  version: string;
  /** Something a person should know about where the data is. */
  remark?: string;
  process: KeptProcess;
}

/** SIGINT is PostgreSQL's fast shutdown, SIGQUIT the immediate one, from which it recovers at the next start. */
const orphanSteps: readonly Persuasion[] = [
  { signal: 'SIGINT', waitMs: 10_000 },
  { signal: 'SIGQUIT', waitMs: 5_000 },
  { signal: 'SIGKILL', waitMs: 2_000 },
];

const settings: Record<string, string> = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  max_connections: '100',
  shared_buffers: '256MB',
  max_wal_size: '2GB',
  fsync: 'on',
  synchronous_commit: 'on',
  password_encryption: 'scram-sha-256',
  timezone: 'UTC',
  log_timezone: 'UTC',
  log_destination: 'stderr',
  logging_collector: 'off',
};

/**
 * Starts a real PostgreSQL on loopback with its files below `dataDir`, and the database `pmm` in it. What an
 * earlier start left is used again: the data, and the place chosen for it. A server that a killed supervisor
 * left running is stopped first. Throws StartError when it can't be started.
 */
export async function startPostgres(options: PostgresOptions): Promise<PostgresServer> {
  const server = await preparePostgres(options);
  try {
    await server.process.start();
    return { ...server, version: await openDatabase(server.url) };
  } catch (error) {
    await server.process.stop();
    throw error;
  }
}

/** All of a start but the start itself: the caller keeps the process, and can end it while it starts. */
export async function preparePostgres(options: PostgresOptions): Promise<Omit<PostgresServer, 'version'>> {
  const dataDir = resolve(options.dataDir);
  mkdirSync(dataDir, { recursive: true });
  const place = findPlace(dataDir, postgresAccount());
  const programs = options.programs ?? findPrograms(place.account);
  const password = passwordOf(dataDir, place);
  await clearLeftOver(place);
  await ensureCluster(place, programs, password, options.syncNewCluster ?? true);
  const port = await (options.choosePort ?? freePort)();
  const url = urlOf(password, port, databaseName);
  return {
    url,
    port,
    remark: place.remark,
    process: keep({ ...options, dataDir }, place, programs, password, port),
  };
}

function urlOf(password: string, port: number, database: string): string {
  return `postgres://${role}:${encodeURIComponent(password)}@127.0.0.1:${port}/${database}`;
}

/**
 * PostgreSQL itself takes over the pid file of a dead server, but not one whose number was given to another
 * program meanwhile: it would believe that its server still runs.
 */
async function clearLeftOver(place: Place): Promise<void> {
  const pidFile = join(place.cluster, 'postmaster.pid');
  await stopOrphan(pidFile, place.cluster, orphanSteps);
  const pid = pidIn(pidFile);
  const command = pid === undefined ? undefined : commandLineOf(pid);
  if (command !== undefined && !command.includes(place.cluster)) rmSync(pidFile, { force: true });
}

function keep(
  options: PostgresOptions,
  place: Place,
  programs: Programs,
  password: string,
  port: number,
): KeptProcess {
  const all = Object.entries({ ...settings, ...options.settings, port: String(port) });
  const args = ['-D', place.cluster, ...all.flatMap(([name, value]) => ['-c', `${name}=${value}`])];
  const env = serverEnvironment();
  const { detached = false } = options;
  return new KeptProcess({
    name: 'postgres',
    launch: () =>
      spawn(programs.postgres, args, {
        ...place.account,
        cwd: place.cluster,
        env,
        detached,
        stdio: ['ignore', 'pipe', 'pipe'],
      }),
    ready: (_child, signal) => becomesReachable(urlOf(password, port, 'postgres'), signal),
    readyWithinMs: 60_000,
    startAttempts: 5,
    finalExitCodes: [],
    stopSignal: 'SIGINT',
    stopWithinMs: 12_000,
    killSignal: 'SIGQUIT',
    log: new LogFile(join(options.dataDir, 'logs', 'postgres.log')),
    report: options.report ?? (() => undefined),
  });
}
