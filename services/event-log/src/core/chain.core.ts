import { hashedText } from '#libs/kernel';

/** The last event of a log as far as the next one needs to know it; position 0 when there is none. */
export interface ChainHead {
  position: number;
  hash: string | null;
  atMs: number;
}

export const EMPTY_HEAD: ChainHead = { position: 0, hash: null, atMs: 0 };

/** An event before it has a place in a chain. */
export interface LooseEvent {
  id: string;
  kind: string;
  version: number;
  content: string;
  /** Canonical JSON of its meta, and of its content where it is known already. */
  metaJson: string;
  contentJson?: string;
}

/** An event in its place, as a row holds it. `body` is the canonical text that was hashed. */
export interface ChainedEvent {
  mind: string;
  position: number;
  id: string;
  kind: string;
  atMs: number;
  prevHash: string | null;
  hash: string;
  body: string;
}

/** The event that follows `head`. Its time is `atMs`, but never before the head's. */
export function chainEvent(mind: string, head: ChainHead, event: LooseEvent, atMs: number): ChainedEvent {
  const position = head.position + 1;
  const timeMs = Math.max(atMs, head.atMs);
  const { id, kind, version, content, metaJson, contentJson } = event;
  const at = new Date(timeMs).toISOString();
  const envelope = { mind, position, id, kind, version, at, content, meta: {}, prevHash: head.hash };
  const { body, hash } = hashedText(envelope, metaJson, contentJson);
  return { mind, position, id, kind, atMs: timeMs, prevHash: head.hash, hash, body };
}

/** Events one after the other, the first right after `head`. */
export function chainEvents(
  mind: string,
  head: ChainHead,
  events: readonly LooseEvent[],
  atMs: number,
): ChainedEvent[] {
  const chained: ChainedEvent[] = [];
  let last = head;
  for (const event of events) {
    const next = chainEvent(mind, last, event, atMs);
    chained.push(next);
    last = next;
  }
  return chained;
}

/** The JSON of an event as it crosses every wire: the hashed text with its hash put in front. */
export const eventLine = (event: { hash: string; body: string }): string =>
  `{"hash":"${event.hash}",${event.body.slice(1)}`;

/** What `eventLine` adds to the hashed text, in bytes. */
export const LINE_EXTRA_BYTES = 74;
