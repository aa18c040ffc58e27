import type { Pool } from 'pg';
import type { Repository } from 'typeorm';
import type { Span } from '#libs/contracts';
import {
  REMEMBERED_CHANGES,
  type ArchiveChange,
  type MindHead,
  type MindRecord,
  type MindState,
  type MindStore,
  type NewMind,
} from '../../app/mind-store.port';
import type { MindRow } from './entities';
import { queryRows } from './pools';
import { toAppError } from './postgres-faults';

interface StateRow {
  id: string;
  created_at: Date;
  tick_interval_ms: number | null;
  provider: string | null;
  model: string | null;
  archived_at: Date | null;
  imported_to: string;
  position: number | null;
  hash: string | null;
  at_ms: number | null;
}

const COLUMNS = 'm.id, m.created_at, m.tick_interval_ms, m.provider, m.model, m.archived_at, m.imported_to';
/** The last event of each mind by its primary key: one index look-up per mind. */
const states = (where: string) => `SELECT ${COLUMNS}, e.position::float8, encode(e.hash, 'hex') AS hash,
    (extract(epoch FROM e.at) * 1000)::float8 AS at_ms
  FROM minds m LEFT JOIN LATERAL (
    SELECT position, hash, at FROM events WHERE mind = m.id ORDER BY position DESC LIMIT 1
  ) e ON true WHERE ${where}`;

const STATES = { name: 'mind-states', text: states('m.id = ANY($1::text[])') };
const OF_SHARD = {
  name: 'minds-of-shard',
  text: `${states('m.shard = $1 AND m.id > $2')} ORDER BY m.id LIMIT $3`,
};
/**
 * Looks at one event 1, 2, 4, 8 … positions before the head, by the primary key, instead of reading all between: times don't
 * fall from one event to the next, so the span begins after the last of these that is too old.
 */
const NEWEST_SPANS = {
  name: 'newest-spans',
  text: `SELECT h.mind, h.last::float8 AS "to",
      greatest(1, h.last - $4 + 1, coalesce(max(e.position) FILTER (WHERE e.at < h.since), 0) + 1)::float8 AS "from"
    FROM unnest($1::text[], $2::int8[], $3::timestamptz[]) h (mind, last, since)
    LEFT JOIN LATERAL (
      SELECT e.position, e.at FROM unnest($5::int8[]) AS back
      JOIN events e ON e.mind = h.mind AND e.position = h.last - back
    ) e ON true
    GROUP BY h.mind, h.last`,
};
/** `busy` when an import holds the row. Two copies of a request at once: the second one waits for the row, and is then judged by what the first one wrote. */
const ARCHIVE = {
  name: 'archive-mind',
  text: `UPDATE minds SET
      archived_at = CASE WHEN $2::timestamptz IS NOT NULL THEN coalesce(archived_at, $2) END,
      archive_requests = ($3::uuid || archive_requests)[1:$4]
    WHERE id = $1 AND $3 <> ALL (archive_requests)`,
};
const OF_ALL = { name: 'minds', text: `${states('m.id > $1')} ORDER BY m.id LIMIT $2` };

/** Minds in PostgreSQL. */
export class PostgresMindStore implements MindStore {
  constructor(
    private readonly minds: Repository<MindRow>,
    private readonly reads: Pool,
    private readonly appends: Pool,
  ) {}

  async create({ createdAtMs, ...mind }: NewMind): Promise<MindRecord | null> {
    const insert = this.minds.createQueryBuilder().insert();
    const values = { ...mind, createdAt: new Date(createdAtMs), archivedAt: null };
    const { identifiers, raw } = await guarded(insert.values(values).orIgnore().returning('id').execute());
    if ((raw as unknown[]).length === 0 || identifiers.length === 0) return null;
    return this.record(mind.id);
  }

  async archive(mind: string, { request, archivedAtMs }: ArchiveChange): Promise<MindRecord | null> {
    const at = archivedAtMs === null ? null : new Date(archivedAtMs).toISOString();
    await queryRows(this.appends, ARCHIVE, [mind, at, request, REMEMBERED_CHANGES]);
    return this.record(mind);
  }

  async states(minds: readonly string[]): Promise<MindState[]> {
    return (await queryRows<StateRow>(this.reads, STATES, [minds])).map(toState);
  }

  async page(query: Parameters<MindStore['page']>[0]): Promise<MindState[]> {
    const { shard, after = '', limit } = query;
    const rows =
      shard === undefined
        ? await queryRows<StateRow>(this.reads, OF_ALL, [after, limit])
        : await queryRows<StateRow>(this.reads, OF_SHARD, [shard, after, limit]);
    return rows.map(toState);
  }

  newestSpans(
    heads: readonly MindHead[],
    { ms, most }: Parameters<MindStore['newestSpans']>[1],
  ): Promise<Span[]> {
    const backs = Array.from({ length: Math.ceil(Math.log2(most)) }, (_, n) => 2 ** n);
    return queryRows<Span>(this.reads, NEWEST_SPANS, [
      heads.map(({ mind }) => mind),
      heads.map(({ position }) => position),
      heads.map(({ atMs }) => new Date(atMs - ms).toISOString()),
      most,
      backs,
    ]);
  }

  private async record(mind: string): Promise<MindRecord | null> {
    const [state] = await this.states([mind]);
    return state?.record ?? null;
  }
}

async function guarded<T>(statement: Promise<T>): Promise<T> {
  try {
    return await statement;
  } catch (error) {
    throw toAppError((error as { driverError?: unknown }).driverError ?? error);
  }
}

const toState = (row: StateRow): MindState => ({
  record: {
    id: row.id,
    createdAt: row.created_at.toISOString(),
    tickIntervalMs: row.tick_interval_ms,
    provider: row.provider,
    model: row.model,
    archivedAt: row.archived_at?.toISOString() ?? null,
    importedTo: Number(row.imported_to),
  },
  head: { position: row.position ?? 0, hash: row.hash, atMs: row.at_ms ?? 0 },
});
