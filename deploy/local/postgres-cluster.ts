import { spawn } from 'node:child_process';
import { chownSync, existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { dirname, join } from 'node:path';
import type { Place } from './postgres-place';
import type { Programs } from './postgres-programs';
import { readIfThere, writeWhole } from './small-files';
import { StartError } from './start-error';

/** The role that owns the cluster; it has a password even on loopback, where other users of the machine are. */
export const role = 'pmm';

/** The role's password, kept in the data folder and readable by its owner only. */
export function passwordOf(dataDir: string, place: Place): string {
  const file = join(dataDir, 'postgres.password');
  const kept = readIfThere(file)?.trim();
  if (kept) return kept;
  if (existsSync(place.cluster)) {
    throw new StartError(
      `${file} is missing, the database can't be opened without it: bring it back, or set PMM_DATA_DIR to a new folder.`,
    );
  }
  const made = randomBytes(24).toString('base64url');
  writeWhole(file, `${made}\n`);
  return made;
}

/**
 * Makes the cluster when there is none. It is made beside its place and moved there as a whole, so that a
 * start that is killed in between leaves nothing that looks like a database.
 */
export async function ensureCluster(
  place: Place,
  programs: Programs,
  password: string,
  sync: boolean,
): Promise<void> {
  if (existsSync(place.cluster)) return;
  const draft = `${place.cluster}.new`;
  rmSync(draft, { recursive: true, force: true });
  makeOwn(draft, place);
  await initialise(draft, place, programs, password, sync);
  renameSync(draft, place.cluster);
  place.remember?.();
}

function makeOwn(folder: string, place: Place): void {
  mkdirSync(dirname(folder), { recursive: true });
  mkdirSync(folder, { mode: 0o700 });
  if (place.account) chownSync(folder, place.account.uid, place.account.gid);
}

async function initialise(
  draft: string,
  place: Place,
  programs: Programs,
  password: string,
  sync: boolean,
): Promise<void> {
  const passwordFile = `${draft}.password`;
  writeFileSync(passwordFile, `${password}\n`, { mode: 0o600 });
  if (place.account) chownSync(passwordFile, place.account.uid, place.account.gid);
  const args = [
    '-D',
    draft,
    '-U',
    role,
    '--pwfile',
    passwordFile,
    '--auth',
    'scram-sha-256',
    '--data-checksums',
  ];
  const flags = ['--encoding', 'UTF8', '--locale', 'C', '--no-instructions', ...(sync ? [] : ['--no-sync'])];
  try {
    await run(programs.initdb, [...args, ...flags], place, dirname(draft));
  } finally {
    rmSync(passwordFile, { force: true });
  }
}

async function run(program: string, args: string[], place: Place, cwd: string): Promise<void> {
  const child = spawn(program, args, {
    ...place.account,
    cwd,
    env: serverEnvironment(),
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let said = '';
  child.stderr.on('data', (chunk: Buffer) => {
    said = (said + chunk.toString()).slice(-2_000);
  });
  const [code] = (await once(child, 'close')) as [number | null];
  if (code !== 0) throw new StartError(`PostgreSQL's initdb failed (exit code ${code}): ${said.trim()}`);
}

/** What the server's programs get of our environment: none of the settings that `PG...` variables would change. */
export function serverEnvironment(): NodeJS.ProcessEnv {
  const { PATH, TMPDIR, LD_LIBRARY_PATH } = process.env;
  return { PATH, TMPDIR, LD_LIBRARY_PATH, LC_ALL: 'C', TZ: 'UTC' };
}
