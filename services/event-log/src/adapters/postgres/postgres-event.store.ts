import type { Pool } from 'pg';
import { InsertFault, type EventStore, type LinePage, type PageQuery } from '../../app/event-store.port';
import type { ChainedEvent } from '../../core/chain.core';
import type { KnownEvent } from '../../core/judgement.core';
import type { StoredRow } from '../../core/verify.core';
import { appendStatement, insertValues } from './event-insert';
import { PAGE_OF_IDS, pageStatement, pageValues, toLinePage, type PageRow } from './event-page';
import { queryRows, withConnection } from './pools';
import { toInsertFault } from './postgres-faults';

const KNOWN = {
  name: 'known',
  text: `SELECT id::text, position::float8, encode(hash, 'hex') AS hash, body
    FROM events WHERE mind = $1 AND id = ANY($2::uuid[])`,
};

const ROW = {
  name: 'row',
  text: `SELECT mind, position::float8, id::text, kind, (extract(epoch FROM at) * 1000)::float8 AS "atMs",
      encode(prev_hash, 'hex') AS "prevHash", encode(hash, 'hex') AS hash, body
    FROM events WHERE mind = $1 AND position = $2`,
};

/** Events in PostgreSQL, by hand-written statements. */
export class PostgresEventStore implements EventStore {
  constructor(private readonly pools: { appends: Pool; reads: Pool }) {}

  async insert(events: readonly ChainedEvent[]): Promise<void> {
    const values = insertValues(events);
    const inserted = await withConnection(this.pools.appends, (client) =>
      client.query({ ...appendStatement, values }),
    ).catch((error: unknown) => {
      throw toInsertFault(error);
    });
    if (inserted.rowCount === 0)
      throw new InsertFault('conflict', { cause: new Error('one of these minds is archived') });
  }

  known(mind: string, ids: readonly string[]): Promise<KnownEvent[]> {
    return queryRows<KnownEvent>(this.pools.appends, KNOWN, [mind, ids]);
  }

  async page(query: PageQuery): Promise<LinePage> {
    return toLinePage(await queryRows<PageRow>(this.pools.reads, pageStatement(query), pageValues(query)));
  }

  async pageOfIds(mind: string, ids: readonly string[], maxBytes: number): Promise<LinePage> {
    return toLinePage(await queryRows<PageRow>(this.pools.reads, PAGE_OF_IDS, [mind, ids, maxBytes]));
  }

  async row(mind: string, position: number): Promise<StoredRow | null> {
    const [row] = await queryRows<StoredRow>(this.pools.reads, ROW, [mind, position]);
    return row ?? null;
  }
}
