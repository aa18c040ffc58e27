import {
  BATCH_VERSION,
  type AppendReply,
  type AppendRequest,
  type Batch,
  type JsonObject,
  type MindEvent,
  type NewEvent,
  type ReadReply,
  type ReadRequest,
} from '#libs/contracts';
import { AppError, eventId, hashEvent } from '#libs/kernel';

/** A new event as tests write it. */
export interface Said {
  kind: string;
  content?: string;
  meta?: JsonObject;
  id?: string;
}

/** A log in memory that keeps event-log's promises, counts what it is asked, and can be made slow or failing. */
export class TestLog {
  readonly minds = new Map<string, MindEvent[]>();
  readonly reads: ReadRequest[] = [];
  readonly appends: AppendRequest[] = [];
  importedTo = 0;
  /** Awaited before each read is answered. */
  beforeRead: (request: ReadRequest) => Promise<void> | void = () => undefined;
  /** Awaited before each append is carried out. */
  beforeAppend: (request: AppendRequest) => Promise<void> | void = () => undefined;

  /** Puts events at the end of a mind's log, as another writer would. */
  put(mind: string, ...said: Said[]): MindEvent[] {
    const events = this.minds.get(mind) ?? [];
    this.minds.set(mind, events);
    return said.map((one) => {
      const event = next(mind, events.at(-1), one);
      events.push(event);
      return event;
    });
  }

  events(mind: string): MindEvent[] {
    return this.minds.get(mind) ?? [];
  }

  head(mind: string): { position: number; hash: string } {
    const last = this.events(mind).at(-1);
    return { position: last?.position ?? 0, hash: last?.hash ?? '' };
  }

  batch(mind: string, from: number, to: number): Batch {
    const events = this.events(mind).slice(from - 1, to);
    const [first, last] = [events[0], events.at(-1)];
    if (!first || !last) throw new Error(`no events ${from} to ${to}`);
    const imported = this.importedTo >= from ? { importedTo: this.importedTo } : {};
    return {
      v: BATCH_VERSION,
      mind,
      from,
      to,
      prevHash: first.prevHash,
      headHash: last.hash,
      ...imported,
      events,
    };
  }

  async read(request: ReadRequest): Promise<ReadReply> {
    this.reads.push(request);
    await this.beforeRead(request);
    const { mind, after = 0, limit = 1_000 } = request;
    const events = this.minds.get(mind);
    if (!events) throw new AppError('unknown_mind', `no mind ${mind}`);
    const { position, hash } = this.head(mind);
    const head = { position, hash: hash || null };
    return { events: events.slice(after, after + limit), head, importedTo: this.importedTo };
  }

  async append(request: AppendRequest): Promise<AppendReply> {
    this.appends.push(request);
    await this.beforeAppend(request);
    const { mind, events, expectedPosition } = request;
    const there = this.events(mind);
    const known = events.map(({ id }) => there.find((event) => event.id === id));
    const [first, last] = [known[0], known.at(-1)];
    const position = there.length;
    if (first && last && known.every(Boolean))
      return { from: first.position, to: last.position, headHash: last.hash, duplicate: true };
    const head = { position, hash: there.at(-1)?.hash ?? null };
    if (known.some(Boolean)) throw new AppError('id_conflict', 'partly known', { head });
    if (expectedPosition !== undefined && expectedPosition !== position)
      throw new AppError('version_conflict', `the head is ${position}`, { head });
    const added = this.put(mind, ...(events as (NewEvent & Said)[]));
    return { from: position + 1, to: there.length, headHash: added.at(-1)?.hash ?? '', duplicate: false };
  }
}

const START = Date.parse('2026-01-01T00:00:00.000Z');

function next(mind: string, last: MindEvent | undefined, said: Said): MindEvent {
  const position = (last?.position ?? 0) + 1;
  const event = {
    mind,
    position,
    id: said.id ?? eventId(mind, 'test', position, said.kind),
    kind: said.kind,
    version: 1,
    at: new Date(START + position * 1_000).toISOString(),
    content: said.content ?? '',
    meta: said.meta ?? {},
    prevHash: last?.hash ?? null,
  };
  return { ...event, hash: hashEvent(event) };
}
