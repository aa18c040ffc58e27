import type { Pool, PoolClient } from 'pg';
import { AppError } from '#libs/kernel';
import type { ImportStore, ImportTransaction } from '../../app/import-store.port';
import type { ChainedEvent } from '../../core/chain.core';
import { insertStatement, insertValues } from './event-insert';
import { sqlState, toAppError } from './postgres-faults';

const ROWS_AT_ONCE = 500;
const UNIQUE_VIOLATION = '23505';

/** Imports, each in one transaction on a connection of its own. */
export class PostgresImportStore implements ImportStore {
  constructor(private readonly pool: Pool) {}

  async begin(mind: string): Promise<ImportTransaction> {
    const client = await this.connect();
    const transaction = new PostgresImport(client, mind);
    try {
      await transaction.open();
    } catch (error) {
      await transaction.rollback();
      throw toAppError(error);
    }
    return transaction;
  }

  /** A pool that is full would let the import wait, and with it its first chunk. */
  private async connect(): Promise<PoolClient> {
    if (this.pool.idleCount === 0 && this.pool.totalCount >= (this.pool.options.max ?? 1))
      throw new AppError('busy', 'too many imports are under way here; try again later');
    try {
      return await this.pool.connect();
    } catch (error) {
      throw toAppError(error);
    }
  }
}

class PostgresImport implements ImportTransaction {
  private isOpen = true;
  private isEnding = false;
  private failed = false;

  constructor(
    private readonly client: PoolClient,
    private readonly mind: string,
  ) {
    // Without a listener a connection that ends while no statement runs would end the process.
    client.on('error', this.onError);
  }

  /** The lock on the mind's row keeps out a second import; the check of events, everybody who wrote before. */
  async open(): Promise<void> {
    await this.client.query('BEGIN');
    const [row] = (
      await this.client.query<{ isArchived: boolean }>(
        'SELECT archived_at IS NOT NULL AS "isArchived" FROM minds WHERE id = $1 FOR NO KEY UPDATE NOWAIT',
        [this.mind],
      )
    ).rows;
    if (!row) throw new AppError('unknown_mind', `there is no mind ${this.mind}`);
    if (row.isArchived) throw new AppError('forbidden', `${this.mind} is archived: nothing can be imported`);
    const { rows } = await this.client.query<{ position: number; hash: string }>(
      `SELECT position::float8, encode(hash, 'hex') AS hash FROM events WHERE mind = $1 ORDER BY position DESC LIMIT 1`,
      [this.mind],
    );
    if (rows[0]) throw hasEvents(rows[0]);
  }

  async insert(events: readonly ChainedEvent[]): Promise<void> {
    this.assertUsable();
    try {
      for (let from = 0; from < events.length; from += ROWS_AT_ONCE) {
        const values = insertValues(events.slice(from, from + ROWS_AT_ONCE));
        await this.client.query({ ...insertStatement, values });
      }
    } catch (error) {
      throw refusedInsert(error);
    }
  }

  async commit(importedTo: number): Promise<void> {
    this.assertUsable();
    try {
      await this.client.query('UPDATE minds SET imported_to = $2 WHERE id = $1', [this.mind, importedTo]);
      await this.client.query('COMMIT');
    } catch (error) {
      await this.rollback();
      throw new AppError(
        'unavailable',
        'the import may not have been stored; look at the mind, then try again',
        {
          cause: error,
        },
      );
    }
    this.release(false);
  }

  async rollback(): Promise<void> {
    if (!this.isOpen) return;
    this.isEnding = true;
    try {
      await this.client.query('ROLLBACK');
      this.release(this.failed);
    } catch (error) {
      // A connection that can't roll back is gone, and the transaction with it.
      this.release(true);
      if (sqlState(error) !== undefined) throw toAppError(error);
    }
  }

  /** What came behind a ROLLBACK on the connection would be no part of the transaction any more, and stay. */
  private assertUsable(): void {
    if (this.isEnding || !this.isOpen) throw new AppError('unavailable', 'the import was given up');
  }

  private readonly onError = () => {
    this.failed = true;
  };

  private release(broken: boolean): void {
    if (!this.isOpen) return;
    this.isOpen = false;
    this.client.off('error', this.onError);
    this.client.release(broken);
  }
}

const hasEvents = (head: { position: number; hash: string }) =>
  new AppError('version_conflict', `an import needs a mind without events; this one has ${head.position}`, {
    head,
  });

function refusedInsert(error: unknown): unknown {
  if (sqlState(error) !== UNIQUE_VIOLATION) return toAppError(error);
  const constraint = String((error as { constraint?: unknown }).constraint);
  return constraint.includes('_id_')
    ? new AppError('invalid_request', 'the same event id occurs twice', { cause: error })
    : new AppError('version_conflict', 'somebody else appends to this mind', { cause: error });
}
