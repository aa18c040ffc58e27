import { spawnSync } from 'node:child_process';
import { accessSync, constants, existsSync, statSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { weAreRoot } from './account';
import { codeOf } from './small-files';
import { StartError } from './start-error';

/** Debian puts it into a folder that is not on an ordinary user's PATH. */
const moreFolders = [
  '/usr/sbin',
  '/usr/local/bin',
  '/usr/local/sbin',
  '/opt/homebrew/bin',
  '/opt/nats-server',
];
const program = 'nats-server';
const advice = 'then start again; or set PMM_NATS_URL to a NATS server of your own.';

/** The path of `nats-server`; undefined when it is not on this machine. */
export function findNatsProgram(path = process.env.PATH ?? ''): string | undefined {
  const folders = [...path.split(delimiter).filter((folder) => folder !== ''), ...moreFolders];
  return folders.map((folder) => join(folder, program)).find(isProgram);
}

/**
 * The path of `nats-server`, installed by the system's package manager when it is missing and we may do that.
 * `say` gets a line before an installation. Throws StartError with what a person should do instead.
 */
export function ensureNatsProgram(say: (line: string) => void): string {
  const found = findNatsProgram();
  if (found) return found;
  if (process.platform === 'darwin') throw missing(`install it with "brew install ${program}"`);
  if (!existsSync('/usr/bin/apt-get'))
    throw missing("install it from your system's packages or from nats.io");
  if (!weAreRoot()) throw missing(`install it with "sudo apt-get install ${program}"`);
  say(`Installing ${program} (apt-get install ${program}) ...`);
  installByApt();
  const installed = findNatsProgram();
  if (!installed) throw missing('apt-get installed it where it was not found: put its folder on PATH');
  return installed;
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch (error) {
    if (['ENOENT', 'ENOTDIR', 'EACCES'].includes(codeOf(error) ?? '')) return false;
    throw error;
  }
}

/** A failed update alone is no reason to give up: the lists at hand may do. */
function installByApt(): void {
  apt(['update', '-qq']);
  const { status, output } = apt(['install', '-y', '-qq', '--no-install-recommends', program]);
  if (status !== 0) throw missing(`apt-get could not install it (${lastLine(output)}): install it by hand`);
}

function apt(args: string[]): { status: number | null; output: string } {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const options = ['-o', 'DPkg::Lock::Timeout=120'];
  const { status, stdout, stderr } = spawnSync('apt-get', [...options, ...args], {
    env,
    encoding: 'utf8',
    timeout: 300_000,
  });
  return { status, output: `${stdout}${stderr}` };
}

function lastLine(text: string): string {
  return text.trim().split('\n').at(-1) ?? '';
}

function missing(what: string): StartError {
  return new StartError(`${program} was not found: ${what}, ${advice}`);
}
