import { LINE_EXTRA_BYTES, eventLine, type ChainedEvent } from './chain.core';
import type { Tail } from './tail.core';

/** What is wanted of a tail: positions in (after, to], some kinds or all, at most `limit` events and `maxBytes`. */
export interface TailQuery {
  after: number;
  to: number;
  limit: number;
  kinds?: readonly string[];
  order: 'asc' | 'desc';
  maxBytes: number;
}

export interface TailPage {
  events: ChainedEvent[];
  more: boolean;
}

/**
 * The events that a query asks for, or null when the tail can't know all of them. `head` is the position of the log's
 * last event, which the tail reaches up to.
 */
export function tailPage(tail: Tail, query: TailQuery, head: number): TailPage | null {
  const first = query.after + 1;
  const last = Math.min(query.to, head);
  if (last < first) return { events: [], more: false };
  if (tail.last !== head) return null;
  const ascending = query.order === 'asc';
  if (ascending && first < tail.first) return null;
  const found = collect(tail, query, ascending ? [first, last] : [last, Math.max(first, tail.first)]);
  const isWhole = first >= tail.first || found.more;
  return isWhole ? found : null;
}

function collect(tail: Tail, query: TailQuery, [begin, end]: [number, number]): TailPage {
  const step = query.order === 'asc' ? 1 : -1;
  const events: ChainedEvent[] = [];
  let bytes = 0;
  for (let position = begin; step * (end - position) >= 0; position += step) {
    const event = tail.at(position);
    if (!event || (query.kinds && !query.kinds.includes(event.kind))) continue;
    bytes += Buffer.byteLength(event.body) + LINE_EXTRA_BYTES + 1;
    const isFull = events.length === query.limit || (events.length > 0 && bytes > query.maxBytes);
    if (isFull) return { events, more: true };
    events.push(event);
  }
  return { events, more: false };
}

export const joinLines = (events: readonly ChainedEvent[], separator: string): string =>
  events.map(eventLine).join(separator);
