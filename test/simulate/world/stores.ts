import { AppError, systemClock } from '#libs/kernel';
import type { LogStores } from '../../../services/event-log/src/compose';
import {
  EMPTY_PAGE,
  InsertFault,
  type EventStore,
  type LinePage,
  type PageQuery,
} from '../../../services/event-log/src/app/event-store.port';
import { proveRange } from '../../../services/event-log/src/app/prove-range';
import type { RowScan } from '../../../services/event-log/src/app/prover.port';
import { cursorOf } from '../../../services/event-log/src/core/verify.core';
import {
  REMEMBERED_CHANGES,
  type ArchiveChange,
  type MindRecord,
  type MindStore,
  type NewMind,
} from '../../../services/event-log/src/app/mind-store.port';
import { eventLine, type ChainedEvent } from '../../../services/event-log/src/core/chain.core';
import { lostAnswer, lostInsert, Refused, type Database } from './database';
import { importStore } from './imports';
import type { Process } from './process';

/** Event-log's ports, over the simulated database, for one process. */
export function storesOf(database: Database, process: Process): LogStores {
  const ask = <T>(work: () => T): Promise<T> => database.run(process, work, lostAnswer);
  const scan: RowScan = async function* ({ mind, from, to }) {
    const rows = await ask(() => database.log(mind));
    yield cursorOf(rows.filter(({ position }) => position >= from && position <= to));
  };
  return {
    events: eventStore(database, process, ask),
    minds: mindStore(database, ask),
    imports: importStore(database, process),
    prover: {
      prove: (range, previous, ms) => proveRange(scan, systemClock, { range, previous, ms }),
    },
    close: () => Promise.resolve(),
  };
}

type Ask = <T>(work: () => T) => Promise<T>;

function eventStore(database: Database, process: Process, ask: Ask): EventStore {
  return {
    insert: async (events) => {
      try {
        await database.run(process, () => database.insertIfFree(events, process.name), lostInsert);
      } catch (error) {
        throw error instanceof Refused ? new InsertFault(error.kind, { cause: error }) : error;
      }
    },
    known: (mind, ids) =>
      ask(() => ids.flatMap((id) => database.table(mind)?.byId.get(id) ?? []).map((event) => ({ ...event }))),
    page: (query) => ask(() => pageOf(select(database, query), query.limit, query.separator)),
    pageOfIds: (mind, ids) =>
      ask(() => {
        const found = ids.flatMap((id) => database.table(mind)?.byId.get(id) ?? []);
        return pageOf(
          found.sort((a, b) => a.position - b.position),
          ids.length,
          ',',
        );
      }),
    row: (mind, position) => ask(() => database.table(mind)?.byPosition.get(position) ?? null),
  };
}

function select(database: Database, { mind, after, to, kinds, order }: PageQuery): ChainedEvent[] {
  const found = database
    .log(mind)
    .filter(
      ({ position, kind }) =>
        position > after && position <= (to ?? Infinity) && (kinds?.includes(kind) ?? true),
    );
  return order === 'asc' ? found : found.reverse();
}

function pageOf(found: readonly ChainedEvent[], limit: number, separator: string): LinePage {
  const events = found.slice(0, limit);
  const [first, last] = [events[0], events.at(-1)];
  if (!first || !last) return EMPTY_PAGE;
  const text = events.map(eventLine).join(separator);
  return {
    ...{ text, count: events.length, first: first.position, last: last.position },
    ...{ prevHash: first.prevHash, more: found.length > limit },
  };
}

function mindStore(database: Database, ask: Ask): MindStore {
  return {
    create: (mind) => ask(() => create(database, mind)),
    archive: (mind, change) => ask(() => archive(database, mind, change)),
    states: (minds) =>
      ask(() => minds.flatMap((mind) => database.table(mind) ?? []).map((table) => database.state(table))),
    page: ({ shard, after = '', limit }) =>
      ask(() =>
        [...database.minds.values()]
          .filter((table) => (shard === undefined || table.shard === shard) && table.record.id > after)
          .sort((a, b) => (a.record.id < b.record.id ? -1 : 1))
          .slice(0, limit)
          .map((table) => database.state(table)),
      ),
    newestSpans: (heads, { ms, most }) =>
      ask(() =>
        heads.map(({ mind, position, atMs }) => {
          const newest = database.log(mind).slice(Math.max(0, position - most), position);
          const first = newest.find((event) => event.atMs >= atMs - ms);
          return { mind, from: first?.position ?? position, to: position };
        }),
      ),
  };
}

function create(database: Database, { createdAtMs, ...mind }: NewMind): MindRecord | null {
  if (database.table(mind.id)) return null;
  return database.found(mind, createdAtMs).record;
}

function archive(database: Database, mind: string, change: ArchiveChange): MindRecord | null {
  const table = database.table(mind);
  if (!table) return null;
  if (database.isFilled(mind)) throw new AppError('busy', 'an import holds the row of this mind');
  const { request, archivedAtMs } = change;
  if (table.archiveRequests.includes(request)) return table.record;
  table.archiveRequests = [request, ...table.archiveRequests].slice(0, REMEMBERED_CHANGES);
  const since = table.record.archivedAt ?? new Date(archivedAtMs ?? 0).toISOString();
  table.record = { ...table.record, archivedAt: archivedAtMs === null ? null : since };
  return table.record;
}
