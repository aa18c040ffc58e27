import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { LocalSystem } from './local-system';
import { jsonReporter, lineReporter, type Ready, type Reporter } from './reporter';
import { helpText, readSettings } from './settings';
import { codeOf } from './small-files';
import { StartError } from './start-error';
import { pause } from './waiting';

export interface LocalRunOptions {
  /** The folder of the checkout. */
  root: string;
  args: readonly string[];
  env: NodeJS.ProcessEnv;
  fileOf: (service: string) => string;
  stages?: readonly (readonly string[])[];
}

const stopSignals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
/** One Ctrl-C arrives twice under npm: from the terminal and passed on by npm. */
const sameSignalMs = 500;
const killedExitCode = 130;

/** What `npm start` does; resolves with the exit code. */
export async function runLocally(options: LocalRunOptions): Promise<number> {
  const { args, env, root } = options;
  if (args.includes('--help')) {
    process.stdout.write(helpText);
    return 0;
  }
  const json = args.includes('--json');
  const reporter = json ? jsonReporter(printTo(process.stdout)) : lineReporter(printTo(process.stdout));
  try {
    refuseUnknown(args);
    const settings = readSettings(env, root, options.stages);
    const system = new LocalSystem({ ...options, settings, reporter });
    return await runToEnd(system, reporter, json ? undefined : (ready) => chat(options, ready));
  } catch (error) {
    return fail(reporter, error);
  }
}

async function runToEnd(
  system: LocalSystem,
  reporter: Reporter,
  openChat?: (ready: Ready) => Promise<number>,
): Promise<number> {
  const asked = new Promise<void>((resolve) => listenForSignals(system, reporter, resolve));
  let code = 0;
  try {
    const ready = await Promise.race([system.start(), asked]);
    if (ready) {
      reporter.ready(ready);
      code = (await Promise.race([asked, openChat && hasTerminal() ? openChat(ready) : asked])) ?? 0;
    }
  } catch (error) {
    code = fail(reporter, error);
  }
  await system.stop();
  if (code === 0) reporter.step('stopped', 'stopped');
  return system.killed ? killedExitCode : code;
}

function listenForSignals(system: LocalSystem, reporter: Reporter, asked: () => void): void {
  let firstAt = 0;
  const onSignal = () => {
    if (firstAt === 0) {
      firstAt = performance.now();
      reporter.step('stopping', 'Stopping; Ctrl-C again kills at once ...');
      asked();
    } else if (performance.now() - firstAt > sameSignalMs) {
      void killAtOnce(system);
    }
  };
  for (const signal of stopSignals) process.on(signal, onSignal);
  // Started by another program over IPC: it ends with that one.
  process.once('disconnect', onSignal);
  process.stdout.on('error', ignoreClosedPipe);
}

/** Whoever read our lines may go before us, as in `npm start | head`. */
function ignoreClosedPipe(error: unknown): void {
  if (codeOf(error) !== 'EPIPE') throw error;
}

async function killAtOnce(system: LocalSystem): Promise<void> {
  system.killNow();
  await pause(200);
  process.exit(killedExitCode);
}

function hasTerminal(): boolean {
  return process.stdin.isTTY === true && process.stdout.isTTY === true;
}

/** The chat is a program of its own; the system ends with it, and with its exit code. */
async function chat({ root, env }: LocalRunOptions, { http }: Ready): Promise<number> {
  process.stdout.write('Leaving the chat (/quit) or Ctrl-C stops everything.\n');
  const chatEnv = { ...env, PMM_URL: http };
  const child = spawn(process.execPath, [join(root, 'deploy', 'local', 'pmm.mjs'), 'chat'], {
    env: chatEnv,
    stdio: 'inherit',
  });
  const [exitCode] = (await once(child, 'exit')) as [number | null];
  return exitCode ?? 1;
}

function refuseUnknown(args: readonly string[]): void {
  const unknown = args.find((arg) => arg !== '--json');
  if (unknown !== undefined)
    throw new StartError(`npm start knows no "${unknown}": see npm start -- --help.`);
}

/** A sentence for what a person can mend; anything else is a fault of ours and keeps its stack. */
function fail(reporter: Reporter, error: unknown): number {
  reporter.failed(sentenceFor(error));
  return 1;
}

function sentenceFor(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error instanceof StartError) return error.message;
  const isAboutFiles = ['EACCES', 'EPERM', 'EROFS', 'ENOSPC', 'ENOENT', 'ENOTDIR'].includes(
    codeOf(error) ?? '',
  );
  if (!isAboutFiles) return error.stack ?? error.message;
  return `${error.message}: give this user a data folder that it can write, with PMM_DATA_DIR.`;
}

function printTo(stream: NodeJS.WriteStream): (line: string) => void {
  return (line) => void stream.write(`${line}\n`);
}
