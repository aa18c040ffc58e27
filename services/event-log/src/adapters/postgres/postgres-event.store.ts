import type { Pool } from 'pg';
import type { EventStore, LinePage, PageQuery } from '../../app/event-store.port';
import type { ChainedEvent } from '../../core/chain.core';
import type { KnownEvent } from '../../core/judgement.core';
import type { StoredRow } from '../../core/verify.core';
import { insertStatement, insertValues } from './event-insert';
import { PAGE_OF_IDS, pageStatement, pageValues, toLinePage, type PageRow } from './event-page';
import { queryRows, withConnection } from './pools';
import { toInsertFault } from './postgres-faults';

const KNOWN = {
  name: 'known',
  text: `SELECT id::text, position::float8, encode(hash, 'hex') AS hash, body
    FROM events WHERE mind = $1 AND id = ANY($2::uuid[])`,
};

const ROWS = {
  name: 'rows',
  text: `SELECT mind, position::float8, id::text, kind, (extract(epoch FROM at) * 1000)::float8 AS "atMs",
      encode(prev_hash, 'hex') AS "prevHash", encode(hash, 'hex') AS hash, body
    FROM (
      SELECT *, sum(octet_length(body)) OVER (ORDER BY position) - octet_length(body) AS before
      FROM (SELECT * FROM events WHERE mind = $1 AND position BETWEEN $2 AND $3 ORDER BY position LIMIT $4) picked
    ) sized WHERE before < $5 ORDER BY position`,
};

/** Events in PostgreSQL, by hand-written statements. */
export class PostgresEventStore implements EventStore {
  constructor(private readonly pools: { appends: Pool; reads: Pool }) {}

  async insert(events: readonly ChainedEvent[]): Promise<void> {
    const values = insertValues(events);
    try {
      await withConnection(this.pools.appends, (client) => client.query({ ...insertStatement, values }));
    } catch (error) {
      throw toInsertFault(error);
    }
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

  rows({ mind, from, to, limit, maxBytes }: Parameters<EventStore['rows']>[0]): Promise<StoredRow[]> {
    return queryRows<StoredRow>(this.pools.reads, ROWS, [mind, from, to, limit, maxBytes]);
  }
}
