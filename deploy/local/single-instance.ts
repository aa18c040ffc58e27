import { linkSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { randomUUID } from 'node:crypto';
import { identityOf } from './process-identity';
import { codeOf, readIfThere } from './small-files';
import { StartError } from './start-error';
import { pause } from './waiting';

const tries = 5;
const settleMs = 50;

/**
 * Makes this process the only supervisor of a data folder. Throws StartError when another one runs.
 * A lock whose process is gone is taken over. Answers the function that gives the lock back.
 */
export async function lockDataDir(file: string, dataDir: string): Promise<() => void> {
  const mine = [process.pid, identityOf(process.pid), randomUUID()].join('\n');
  for (let i = 0; i < tries; i += 1) {
    if (claim(file, mine)) return () => release(file, mine);
    const holder = readIfThere(file);
    if (holder === undefined) continue;
    if (isAlive(holder)) throw alreadyRuns(dataDir, holder);
    await removeDead(file, holder);
  }
  throw new StartError(`${file} could not be locked: remove it when no other npm start runs on ${dataDir}.`);
}

/** Linking a finished file is atomic and fails when the name is there: nobody ever sees half a lock. */
function claim(file: string, content: string): boolean {
  const draft = `${file}.${randomUUID()}`;
  writeFileSync(draft, content, { mode: 0o600 });
  try {
    linkSync(draft, file);
    return true;
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false;
    throw error;
  } finally {
    rmSync(draft);
  }
}

/** Two starters may find the same dead lock; the one that finds it has moved a living lock puts it back. */
export async function removeDead(file: string, dead: string): Promise<void> {
  const aside = `${file}.${randomUUID()}`;
  try {
    renameSync(file, aside);
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return;
    throw error;
  }
  const moved = readIfThere(aside);
  if (moved !== undefined && moved !== dead) claim(file, moved);
  rmSync(aside, { force: true });
  await pause(settleMs);
}

function isAlive(content: string): boolean {
  const [pid, identity] = content.split('\n');
  return identity !== undefined && identityOf(Number(pid)) === identity;
}

function release(file: string, mine: string): void {
  if (readIfThere(file) === mine) rmSync(file, { force: true });
}

function alreadyRuns(dataDir: string, holder: string): StartError {
  const pid = holder.split('\n')[0];
  return new StartError(
    `Persistent Mind already runs on ${dataDir} (process ${pid}): stop it first, or set PMM_DATA_DIR and PMM_HTTP_PORT to others.`,
  );
}
