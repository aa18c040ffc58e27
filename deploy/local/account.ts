import { spawnSync } from 'node:child_process';
import { StartError } from './start-error';

/** The system user as which PostgreSQL runs when we are root, as PostgreSQL refuses to be root. */
export interface Account {
  uid: number;
  gid: number;
}

const userName = 'postgres';

export function weAreRoot(): boolean {
  return process.getuid?.() === 0;
}

/** Finds the user `postgres`, or makes it. Undefined when we are an ordinary user ourselves. */
export function postgresAccount(): Account | undefined {
  if (!weAreRoot()) return undefined;
  return lookUp() ?? create();
}

function lookUp(): Account | undefined {
  const uid = askId('-u');
  const gid = askId('-g');
  return uid === undefined || gid === undefined ? undefined : { uid, gid };
}

function askId(flag: string): number | undefined {
  const { status, stdout } = spawnSync('id', [flag, userName], { encoding: 'utf8' });
  return status === 0 ? Number(stdout.trim()) : undefined;
}

function create(): Account {
  const flags = ['--system', '--user-group', '--no-create-home', '--shell', '/usr/sbin/nologin'];
  spawnSync('useradd', [...flags, userName], { stdio: 'ignore' });
  const account = lookUp();
  if (account) return account;
  throw new StartError(
    'PostgreSQL refuses to run as root and no user "postgres" could be made: start as an ordinary user, or set PMM_POSTGRES_URL.',
  );
}

/** True when this account may go into the folder, through every parent of it. Asked of the system, not guessed. */
export function canEnter(account: Account, folder: string): boolean {
  return succeeds(account, 'cd -- "$1"', folder);
}

export function canExecute(account: Account, file: string): boolean {
  return succeeds(account, '"$1" --version', file);
}

function succeeds(account: Account, script: string, path: string): boolean {
  const { status } = spawnSync('/bin/sh', ['-c', script, 'sh', path], {
    ...account,
    cwd: '/',
    stdio: 'ignore',
  });
  return status === 0;
}
