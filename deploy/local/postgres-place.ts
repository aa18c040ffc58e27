import { chmodSync, chownSync, existsSync, mkdirSync, readdirSync, statSync } from 'node:fs';
import { createHash, randomBytes } from 'node:crypto';
import { dirname, join } from 'node:path';
import { canEnter, weAreRoot, type Account } from './account';
import { readIfThere, writeWhole } from './small-files';
import { StartError } from './start-error';

/** Where data goes when the data folder can't be entered by the user `postgres`; it outlives a restart of the machine. */
export const systemFolder = '/var/lib/persistent-mind';

/** Where PostgreSQL's files live and as whom it runs. */
export interface Place {
  /** The cluster's own folder, owned by the account; empty or absent before the first start. */
  cluster: string;
  /** Undefined: as ourselves. */
  account?: Account;
  /** Called once the cluster is made, so that later starts find it. */
  remember?: () => void;
  /** Something a person should know about the place. */
  remark?: string;
}

/**
 * Finds the place that an earlier start chose, or chooses one: `<dataDir>/postgres`, and a folder of the
 * system when we are root and the user `postgres` can't enter that. The choice is kept in
 * `<dataDir>/postgres.path`. Throws StartError when the place is lost or belongs to somebody else.
 */
export function findPlace(dataDir: string, account: Account | undefined, elsewhere = systemFolder): Place {
  const inside = join(dataDir, 'postgres');
  const remembered = readIfThere(pointerIn(dataDir))?.trim();
  if (remembered !== undefined) return existing(remembered, account);
  if (existsSync(join(inside, 'PG_VERSION'))) return existing(inside, account);
  if (!account || canEnter(account, dataDir)) return { cluster: inside, account };
  return outside(dataDir, account, elsewhere);
}

function pointerIn(dataDir: string): string {
  return join(dataDir, 'postgres.path');
}

/** An existing cluster is run by its owner: PostgreSQL accepts nobody else. */
function existing(cluster: string, account: Account | undefined): Place {
  if (!existsSync(cluster)) {
    throw new StartError(
      `The database of this data folder is gone from ${cluster}: bring it back, or set PMM_DATA_DIR to a new folder.`,
    );
  }
  const { uid, gid } = statSync(cluster);
  if (weAreRoot()) return { cluster, account: uid === 0 ? account : { uid, gid } };
  if (uid === process.getuid?.()) return { cluster };
  throw new StartError(
    `${cluster} belongs to another user: start as that user or as root, or set PMM_DATA_DIR to a new folder.`,
  );
}

function outside(dataDir: string, account: Account, elsewhere: string): Place {
  const prefix = createHash('sha256').update(dataDir).digest('hex').slice(0, 12);
  const folder = join(elsewhere, `${prefix}-${randomBytes(4).toString('hex')}`);
  const older = existsSync(elsewhere) ? readdirSync(elsewhere).filter((name) => name.startsWith(prefix)) : [];
  makeEnterable(elsewhere);
  makeEnterable(folder);
  chownSync(folder, account.uid, account.gid);
  if (!canEnter(account, folder)) {
    throw new StartError(
      `User "postgres" can enter neither ${dataDir} nor ${folder}: set PMM_DATA_DIR to a folder that it can enter.`,
    );
  }
  const cluster = join(folder, 'postgres');
  const remember = () => writeWhole(pointerIn(dataDir), cluster);
  return { cluster, account, remember, remark: remarkOn(folder, older) };
}

/** Makes a folder that everybody may pass through, whatever our umask is. */
export function makeEnterable(folder: string): void {
  mkdirSync(folder, { recursive: true });
  chmodSync(folder, 0o755);
}

function remarkOn(folder: string, older: string[]): string {
  const moved = `PostgreSQL's files are in ${folder}, as user "postgres" can't enter the data folder.`;
  if (older.length === 0) return moved;
  return `${moved} Data of removed data folders is still there: ${older.map((name) => join(dirname(folder), name)).join(', ')}.`;
}
