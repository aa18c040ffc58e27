import { spawn } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { randomBytes } from 'node:crypto';
import { join, resolve } from 'node:path';
import { KeptProcess } from './kept-process';
import { LogFile } from './log-file';
import { becomesNats } from './nats-greeting';
import { ensureNatsProgram } from './nats-program';
import { stopOrphan, type Persuasion } from './orphans';
import { freePort } from './ports';
import type { ProcessReport } from './process-plan';
import { writeWhole } from './small-files';

export interface NatsOptions {
  /** The data folder of the system; made when it is missing. */
  dataDir: string;
  /** Asked when no server left behind holds a port any more. Default: a free one. */
  choosePort?: () => Promise<number>;
  /** In a process group of its own, so that Ctrl-C in the terminal reaches only the supervisor. */
  detached?: boolean;
  report?: (report: ProcessReport) => void;
  /** Gets a line when something takes long, such as an installation. */
  say?: (line: string) => void;
}

export interface NatsServer {
  url: string;
  port: number;
  version: string;
  /** The folder of JetStream's files. */
  storeDir: string;
  process: KeptProcess;
}

const maxPayloadBytes = 1024 * 1024;
const orphanSteps: readonly Persuasion[] = [
  { signal: 'SIGTERM', waitMs: 5_000 },
  { signal: 'SIGKILL', waitMs: 2_000 },
];

/**
 * Starts `nats-server` with JetStream on loopback, its store in `<dataDir>/nats`, without authentication. A
 * server that a killed supervisor left running is stopped first. Throws StartError when it can't be started.
 */
export async function startNats(options: NatsOptions): Promise<NatsServer> {
  const server = await prepareNats(options);
  try {
    await server.process.start();
    return { ...server, version: server.version() };
  } catch (error) {
    await server.process.stop();
    throw error;
  }
}

/** A server that is not yet started; its version is known once its process is ready. */
export interface PreparedNats extends Omit<NatsServer, 'version'> {
  version: () => string;
}

/** All of a start but the start itself: the caller keeps the process, and can end it while it starts. */
export async function prepareNats(options: NatsOptions): Promise<PreparedNats> {
  const dataDir = resolve(options.dataDir);
  const storeDir = join(dataDir, 'nats');
  mkdirSync(storeDir, { recursive: true, mode: 0o700 });
  const program = ensureNatsProgram(options.say ?? (() => undefined));
  const files = { config: join(dataDir, 'nats.conf'), pid: join(dataDir, 'nats.pid') };
  await stopOrphan(files.pid, files.config, orphanSteps);
  const port = await (options.choosePort ?? freePort)();
  const name = `pmm-${randomBytes(4).toString('hex')}`;
  writeWhole(files.config, configOf(name, port, storeDir, files.pid));
  const seen = { version: 'unknown' };
  const kept = keep({ ...options, dataDir }, program, files.config, async (signal) => {
    const greeting = await becomesNats(port, name, signal);
    if (greeting) seen.version = greeting.version;
  });
  return { url: `nats://127.0.0.1:${port}`, port, storeDir, process: kept, version: () => seen.version };
}

/**
 * `max_file_store` is set because the default is a share of the free disk, and a stream that reserves its
 * `max_bytes` could then not be made on a disk that is nearly full.
 */
function configOf(name: string, port: number, storeDir: string, pidFile: string): string {
  return [
    `server_name: ${name}`,
    `listen: "127.0.0.1:${port}"`,
    `pid_file: ${JSON.stringify(pidFile)}`,
    `max_payload: ${maxPayloadBytes}`,
    `jetstream: { store_dir: ${JSON.stringify(storeDir)}, max_memory_store: 64MB, max_file_store: 16GB }`,
    '',
  ].join('\n');
}

function keep(
  options: NatsOptions,
  program: string,
  config: string,
  ready: (signal: AbortSignal) => Promise<void>,
): KeptProcess {
  const { dataDir, detached = false } = options;
  return new KeptProcess({
    name: 'nats',
    launch: () =>
      spawn(program, ['-c', config], { cwd: dataDir, detached, stdio: ['ignore', 'pipe', 'pipe'] }),
    ready: (_child, signal) => ready(signal),
    readyWithinMs: 30_000,
    startAttempts: 3,
    finalExitCodes: [],
    stopSignal: 'SIGTERM',
    stopWithinMs: 10_000,
    killSignal: 'SIGKILL',
    log: new LogFile(join(dataDir, 'logs', 'nats.log')),
    report: options.report ?? (() => undefined),
  });
}
