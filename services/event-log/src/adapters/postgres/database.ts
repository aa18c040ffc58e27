import type { Pool } from 'pg';
import { DataSource } from 'typeorm';
import { AppError, systemClock } from '#libs/kernel';
import { EventRow, MindRow, SettingRow } from './entities';
import { CreateLog1700000000000 } from './migrations/1700000000000-create-log.migration';
import { ArchiveRequests1700000001000 } from './migrations/1700000001000-archive-requests.migration';
import { openPool, poolConfig, withConnection } from './pools';
import { isLocked, toAppError } from './postgres-faults';
import { grantAppRole } from './role';

const ENTITIES = [EventRow, MindRow, SettingRow];
/** Chosen once; the same for every process that migrates this schema. */
const MIGRATION_LOCK = 7_717_001;
const LOCK_WAIT_MS = 60_000;
/** All rounds together take less than others wait for the lock. */
const MIGRATION_ROUNDS = 15;
const MIGRATION_PAUSE_MS = 1_000;
/** Its connection is given up then, so that a server that hung is asked on a new one. */
const ASK = { text: 'SELECT 1', query_timeout: 1_000 };
const OLDEST_VERSION = 150_000;

/** The most connections of one process, by pool; the manifests count with them. */
export const CONNECTIONS = { reads: 4, appends: 4, imports: 4, proofs: 2 } as const;
/** Held besides while the schema is brought up to date, before the pools are opened. */
export const MIGRATING_CONNECTIONS = 3;

export interface DatabaseOptions {
  url: string;
  /** Called for connections that fail while nobody uses them. */
  onIdleError: (error: Error) => void;
}

/** The serving side's connections: three pools, all with the role that can only read and add. */
export class Database {
  private constructor(
    readonly source: DataSource,
    readonly reads: Pool,
    readonly appends: Pool,
    readonly imports: Pool,
  ) {}

  static async open({ url, onIdleError }: DatabaseOptions): Promise<Database> {
    const source = new DataSource({
      ...baseOptions(url),
      poolErrorHandler: onIdleError,
      extra: poolConfig('reads', CONNECTIONS.reads),
    });
    await source.initialize();
    const reads = (source.driver as unknown as { master: Pool }).master;
    const [appends, imports] = [
      openPool(url, 'appends', CONNECTIONS.appends, onIdleError),
      openPool(url, 'imports', CONNECTIONS.imports, onIdleError),
    ];
    return new Database(source, reads, appends, imports);
  }

  /** Whether PostgreSQL lets us append. @throws AppError `unavailable` when it does not answer */
  async ask(): Promise<void> {
    try {
      await withConnection(this.appends, (client) => client.query(ASK));
    } catch (error) {
      throw toAppError(error);
    }
  }

  async close(): Promise<void> {
    await Promise.all([this.appends.end(), this.imports.end(), this.source.destroy()]);
  }
}

const baseOptions = (url: string) => ({
  type: 'postgres' as const,
  url,
  entities: ENTITIES,
  migrations: [CreateLog1700000000000, ArchiveRequests1700000001000],
  migrationsTableName: 'pmm_migrations',
  migrationsTransactionMode: 'all' as const,
  synchronize: false,
  installExtensions: false,
  logging: false,
});

/**
 * Brings the schema up to date as the URL's role, one process at a time, and fixes the number of shards at the first
 * start. @throws AppError with a sentence that says what to do.
 */
export async function migrate(url: string, shards: number): Promise<void> {
  const source = new DataSource({
    ...baseOptions(url),
    poolSize: MIGRATING_CONNECTIONS,
    connectTimeoutMS: 5_000,
  });
  await connectToMigrate(source, url);
  try {
    await checkVersion(source);
    await underLock(source, async () => {
      await runMigrations(source);
      await grantAppRole(source);
      await fixShards(source, shards);
    });
  } finally {
    await source.destroy();
  }
}

async function connectToMigrate(source: DataSource, url: string): Promise<void> {
  try {
    await source.initialize();
  } catch (cause) {
    const message = `PostgreSQL can't be used at ${withoutPassword(url)} (${(cause as Error).message}); check PMM_POSTGRES_URL`;
    throw new AppError('unavailable', message, { cause });
  }
}

const withoutPassword = (url: string): string => url.replace(/\/\/[^@/]*@/, '//…@');

async function checkVersion(source: DataSource): Promise<void> {
  const [row] = await source.query<{ version: string }[]>(
    `SELECT current_setting('server_version_num') AS version`,
  );
  if (Number(row?.version) < OLDEST_VERSION)
    throw new AppError('unavailable', 'this PostgreSQL is older than 15; use 15 or newer');
}

async function underLock(source: DataSource, work: () => Promise<void>): Promise<void> {
  const runner = source.createQueryRunner();
  try {
    await runner.query(`SET lock_timeout = ${LOCK_WAIT_MS}`);
    await runner.query('SELECT pg_advisory_lock($1)', [MIGRATION_LOCK]);
    await work();
    await runner.query('SELECT pg_advisory_unlock($1)', [MIGRATION_LOCK]);
  } finally {
    await runner.release();
  }
}

/** An import or a dump holds tables while it lasts; a migration that waits for them gives up in seconds and comes again. */
async function runMigrations(source: DataSource): Promise<void> {
  for (let round = 1; ; round++) {
    try {
      await source.runMigrations({ transaction: 'all' });
      return;
    } catch (cause) {
      if (!isLocked((cause as { driverError?: unknown }).driverError)) throw cause;
      const message =
        'an import or a dump holds the tables that are to be migrated; start again when it is done';
      if (round === MIGRATION_ROUNDS) throw new AppError('busy', message, { cause });
    }
    await systemClock.sleep(MIGRATION_PAUSE_MS);
  }
}

async function fixShards(source: DataSource, shards: number): Promise<void> {
  const settings = source.getRepository(SettingRow);
  await settings
    .createQueryBuilder()
    .insert()
    .values({ key: 'shards', value: String(shards) })
    .orIgnore()
    .execute();
  const fixed = await settings.findOneByOrFail({ key: 'shards' });
  if (fixed.value === String(shards)) return;
  throw new AppError(
    'invalid_request',
    `PMM_SHARDS is ${shards}, but this database was first started with ${fixed.value}; set it to ${fixed.value}`,
  );
}
