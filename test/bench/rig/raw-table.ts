import { Pool } from 'pg';
import { canonicalJson } from '#libs/kernel';
import { migrate } from '../../../services/event-log/src/adapters/postgres/database';
import {
  insertStatement,
  insertValues,
} from '../../../services/event-log/src/adapters/postgres/event-insert';
import {
  chainEvents,
  EMPTY_HEAD,
  type ChainHead,
  type ChainedEvent,
} from '../../../services/event-log/src/core/chain.core';
import type { Notes } from './notes';

const CONNECTIONS = 8;

/** The yardstick of inserts: the statement of event-log on a table of the same shape, by `pg` and nothing around it. */
export class RawTable {
  private readonly pool: Pool;
  private readonly heads = new Map<string, ChainHead>();

  private constructor(url: string) {
    this.pool = new Pool({ connectionString: url, max: CONNECTIONS });
  }

  static async create(url: string, shards: number): Promise<RawTable> {
    await migrate(url, shards);
    return new RawTable(url);
  }

  /** Rows that are ready to be inserted. */
  rows(mind: string, count: number, notes: Notes): ChainedEvent[] {
    const loose = notes.take(count).map(({ meta, ...event }) => ({
      ...event,
      version: 1,
      metaJson: canonicalJson(meta),
    }));
    const rows = chainEvents(mind, this.heads.get(mind) ?? EMPTY_HEAD, loose, Date.now());
    this.heads.set(mind, rows.at(-1) ?? EMPTY_HEAD);
    return rows;
  }

  /** One statement in a transaction of its own. */
  async insert(rows: readonly ChainedEvent[]): Promise<void> {
    await this.pool.query({ ...insertStatement, values: insertValues(rows) });
  }

  close(): Promise<void> {
    return this.pool.end();
  }
}
