import {
  LIMITS,
  type GatherRequest,
  type Head,
  type IdsRequest,
  type ReadPurpose,
  type ReadRequest,
} from '#libs/contracts';
import { AppError, type Clock } from '#libs/kernel';
import type { ChainHead } from '../core/chain.core';
import { joinLines, tailPage } from '../core/tail-page.core';
import { EMPTY_PAGE, type EventStore, type LinePage, type PageQuery } from './event-store.port';
import type { LogMeter } from './log-meter.port';
import type { MindCache } from './mind-cache';
import type { MindState } from './mind-store.port';
import type { TailCache } from './tail-cache';

/** What surrounds the events in a reply. */
const ENVELOPE_BYTES = 4 * 1024;
const REPLY_BYTES = LIMITS.messageBytes - ENVELOPE_BYTES;
/** What a reply says of one mind besides its events, at most. */
const ENTRY_BYTES = 320;
/** A reply of many minds is answered after about so long, with what it has: who asks waits only 3 s. */
const GATHER_MS = 1_500;

export interface ReadLogParts {
  events: EventStore;
  minds: MindCache;
  tails: TailCache;
  meter: LogMeter;
  clock: Pick<Clock, 'monotonicMs'>;
}

type Read = Omit<PageQuery, 'mind' | 'maxBytes' | 'separator'>;

/**
 * Events in order: recent ones from memory, older ones by an index. Replies are JSON texts, as the stored text of an
 * event is served as it is.
 */
export class ReadLog {
  constructor(private readonly parts: ReadLogParts) {}

  /** JSON of a `ReadReply`. @throws AppError `unknown_mind`, `unavailable` */
  async read({
    mind,
    after = 0,
    limit = LIMITS.readEvents,
    kinds,
    order = 'asc',
    purpose,
  }: ReadRequest): Promise<string> {
    const isAscending = order === 'asc';
    const state = await this.stateAt(mind, isAscending ? after : after - 1);
    const range = isAscending
      ? { after }
      : { after: 0, to: after === 0 ? Number.MAX_SAFE_INTEGER : after - 1 };
    const query: Read = { ...range, limit, kinds, order };
    const page = limit === 0 ? EMPTY_PAGE : await this.page(state, query, { maxBytes: REPLY_BYTES, purpose });
    const head = await this.headAfter(state, isAscending ? page.last : page.first);
    const next = page.more ? `,"next":${page.last}` : '';
    return `{"events":[${page.text}],"head":${headJson(head)}${next},"importedTo":${state.record.importedTo}}`;
  }

  /** JSON of a `GatherReply`. Unknown minds are left out; where room or time is used up, a mind is told by its head alone. */
  async gather({ ranges, purpose }: GatherRequest): Promise<string> {
    const states = await this.parts.minds.states(ranges.map(({ mind }) => mind));
    let room = REPLY_BYTES - ENTRY_BYTES * ranges.length;
    const until = this.parts.clock.monotonicMs() + GATHER_MS;
    const parts: string[] = [];
    for (const { mind, after } of ranges) {
      if (!states.has(mind)) continue;
      const state = await this.stateAt(mind, after);
      const query: Read = { after, limit: LIMITS.readEvents, order: 'asc' };
      const isFull = room <= 0 || this.parts.clock.monotonicMs() > until;
      const page = isFull ? EMPTY_PAGE : await this.page(state, query, { maxBytes: room, purpose });
      const bytes = Buffer.byteLength(page.text);
      const fits = parts.length === 0 || bytes <= room;
      const head = await this.headAfter(state, page.last);
      const prevHash = page.count > 0 ? page.prevHash : after === head.position ? head.hash : null;
      parts.push(
        `{"mind":"${mind}","events":[${fits ? page.text : ''}],"head":${headJson(head)},` +
          `"prevHash":${hashJson(prevHash)},"importedTo":${state.record.importedTo}}`,
      );
      room -= fits ? bytes : room;
    }
    return `{"minds":[${parts.join(',')}]}`;
  }

  /** JSON of an `IdsReply`. @throws AppError `too_large` when they don't fit into one reply */
  async byIds({ mind, ids, purpose }: IdsRequest): Promise<string> {
    const state = await this.parts.minds.state(mind);
    const page = await this.pageOfIds(mind, [...new Set(ids)], purpose);
    if (page.more)
      throw new AppError('too_large', 'these events do not fit into one reply; ask for fewer ids');
    const head = await this.headAfter(state, page.last);
    return `{"events":[${page.text}],"head":${headJson(head)}}`;
  }

  private async page(
    { record, head }: MindState,
    query: Read,
    { maxBytes, purpose }: { maxBytes: number; purpose: ReadPurpose },
  ): Promise<LinePage> {
    const { events, tails, meter } = this.parts;
    const tail = tails.get(record.id);
    const to = query.to ?? Number.MAX_SAFE_INTEGER;
    const isPast = query.after >= head.position || to === 0;
    const found = isPast ? NOTHING : tail && tailPage(tail, { ...query, to, maxBytes }, head.position);
    meter.read(purpose, found ? 'memory' : 'postgres');
    if (found) return toLinePage(found);
    return events.page({ ...query, mind: record.id, maxBytes, separator: ',' });
  }

  private async pageOfIds(mind: string, ids: readonly string[], purpose: ReadPurpose): Promise<LinePage> {
    const { events, tails, meter } = this.parts;
    const tail = tails.get(mind);
    const found = ids.map((id) => tail?.byId(id)).filter((event) => event !== undefined);
    const inMemory = found.length === ids.length;
    meter.read(purpose, inMemory ? 'memory' : 'postgres');
    if (!inMemory) return events.pageOfIds(mind, ids, REPLY_BYTES);
    const page = toLinePage({ events: found.sort((a, b) => a.position - b.position), more: false });
    return { ...page, more: found.length > 1 && Buffer.byteLength(page.text) > REPLY_BYTES };
  }

  /** A position beyond the head that we know was heard of from somebody who may know more: look again. */
  private async stateAt(mind: string, position: number): Promise<MindState> {
    const state = await this.parts.minds.state(mind);
    return position > state.head.position ? this.parts.minds.refresh(mind) : state;
  }

  /** The head must never be behind the events that a reply holds. */
  private async headAfter({ record, head }: MindState, last: number): Promise<ChainHead> {
    const known = this.parts.minds.peek(record.id)?.head ?? head;
    if (known.position >= last) return known;
    return (await this.parts.minds.refresh(record.id)).head;
  }
}

const NOTHING = { events: [], more: false };

const hashJson = (hash: string | null): string => (hash === null ? 'null' : `"${hash}"`);
const headJson = ({ position, hash }: Head): string => `{"position":${position},"hash":${hashJson(hash)}}`;

const toLinePage = ({
  events,
  more,
}: {
  events: Parameters<typeof joinLines>[0];
  more: boolean;
}): LinePage => ({
  text: joinLines(events, ','),
  count: events.length,
  first: events[0]?.position ?? 0,
  last: events.at(-1)?.position ?? 0,
  prevHash: events[0]?.prevHash ?? null,
  more,
});
