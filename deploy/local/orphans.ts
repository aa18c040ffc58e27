import { rmSync } from 'node:fs';
import { z } from 'zod';
import { commandLineOf, identityOf } from './process-identity';
import { codeOf, readIfThere, writeWhole } from './small-files';
import { StartError } from './start-error';
import { waitUntil } from './waiting';

/** A signal and how long to wait for its effect. */
export interface Persuasion {
  signal: NodeJS.Signals;
  waitMs: number;
}

/** The process number in the first line of a file that a server wrote; undefined when there is none. */
export function pidIn(file: string): number | undefined {
  const text = readIfThere(file);
  const pid = Number(text?.split('\n')[0]);
  return Number.isInteger(pid) && pid > 1 ? pid : undefined;
}

/**
 * Ends a server that a killed supervisor left behind. `mark` is a part of its command line that no other
 * process has, so that a process number given again to a stranger is never touched. Answers whether one ended.
 */
export async function stopOrphan(
  pidFile: string,
  mark: string,
  steps: readonly Persuasion[],
): Promise<boolean> {
  const pid = pidIn(pidFile);
  if (pid === undefined || !commandLineOf(pid)?.includes(mark)) return false;
  await persuade(pid, steps);
  return true;
}

async function persuade(pid: number, steps: readonly Persuasion[]): Promise<void> {
  const identity = identityOf(pid);
  for (const { signal, waitMs } of steps) {
    if (identity === undefined || identityOf(pid) !== identity) return;
    send(pid, signal);
    if (await waitUntil(() => identityOf(pid) !== identity, { timeoutMs: waitMs })) return;
  }
}

function send(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if (codeOf(error) === 'ESRCH') return;
    if (codeOf(error) !== 'EPERM') throw error;
    throw new StartError(
      `Process ${pid}, left behind by another user's start, still uses the data folder: end it.`,
    );
  }
}

/** The processes of one supervisor on disk, for the supervisor after it. */
export class ProcessList {
  readonly #file: string;

  constructor(file: string) {
    this.#file = file;
  }

  write(pids: readonly number[]): void {
    const rows = pids.map((pid) => ({ pid, identity: identityOf(pid) }));
    writeWhole(this.#file, JSON.stringify(rows));
  }

  clear(): void {
    rmSync(this.#file, { force: true });
  }

  /** Ends those that still run. They end by themselves when their supervisor goes, unless they hang. */
  async stopLeftOver(steps: readonly Persuasion[]): Promise<number> {
    const rows = parseRows(readIfThere(this.#file));
    const alive = rows.filter(({ pid, identity }) => identityOf(pid) === identity);
    await Promise.all(alive.map(({ pid }) => persuade(pid, steps)));
    this.clear();
    return alive.length;
  }
}

const rowsSchema = z.array(z.object({ pid: z.number().int().positive(), identity: z.string() }));

/** A damaged list names nobody that could be trusted. */
function parseRows(text: string | undefined): z.infer<typeof rowsSchema> {
  if (text === undefined) return [];
  try {
    return rowsSchema.safeParse(JSON.parse(text)).data ?? [];
  } catch (error) {
    if (error instanceof SyntaxError) return [];
    throw error;
  }
}
