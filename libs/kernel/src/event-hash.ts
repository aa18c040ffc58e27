import { isUtf8 as isUtf8Bytes } from 'node:buffer';
import { createHash, hash as hashOnce } from 'node:crypto';
import type { MindEvent } from '#libs/contracts';
import { canonicalJson } from './canonical-json';

/** Begins the hashed text of every event, so that no other text of ours has the same hash. */
export const EVENT_DOMAIN = 'pmm.event.v1\n';

export type UnhashedEvent = Omit<MindEvent, 'hash'>;

/**
 * Canonical JSON (RFC 8785) of all fields of an event but `hash`. The envelope's keys are known, so a template writes
 * them in order; `metaJson` and `contentJson` are the canonical JSON of these fields when the caller has it already.
 */
export function canonicalEvent(
  event: UnhashedEvent,
  metaJson = canonicalJson(event.meta),
  contentJson = JSON.stringify(event.content),
): string {
  const prevHash = event.prevHash === null ? 'null' : `"${event.prevHash}"`;
  return (
    `{"at":${JSON.stringify(event.at)},"content":${contentJson},"id":"${event.id}",` +
    `"kind":${JSON.stringify(event.kind)},"meta":${metaJson},"mind":"${event.mind}",` +
    `"position":${event.position},"prevHash":${prevHash},"version":${event.version}}`
  );
}

/** SHA-256, in lower-case hexadecimal, of `"pmm.event.v1\n"` and an event's canonical text. */
export const hashCanonical = (canonical: string): string => sha256(EVENT_DOMAIN + canonical);

/** The canonical text of an event and its hash. The text is a part of the one that was hashed: it is not joined twice. */
export function hashedText(...event: Parameters<typeof canonicalEvent>): { body: string; hash: string } {
  const text = EVENT_DOMAIN + canonicalEvent(...event);
  return { hash: sha256(text), body: text.slice(EVENT_DOMAIN.length) };
}

/** Whether bytes are well-formed UTF-8. */
export const isUtf8 = (bytes: Buffer): boolean => isUtf8Bytes(bytes);

/** The hash of an event. */
export const hashEvent = (event: UnhashedEvent): string => hashCanonical(canonicalEvent(event));

/** SHA-256 of bytes, or of a text's UTF-8 bytes, in lower-case hexadecimal. */
export const sha256: (data: string | Buffer) => string =
  typeof hashOnce === 'function'
    ? (data) => hashOnce('sha256', data, 'hex')
    : (data) => createHash('sha256').update(data).digest('hex');

/**
 * Why an event cannot follow `previous`, or null when it does: position, `prevHash`, and its own hash are looked at.
 */
export function linkFault(
  event: MindEvent,
  previous: { position: number; hash: string | null },
): string | null {
  if (event.position !== previous.position + 1)
    return `position ${event.position} after ${previous.position}`;
  if (event.prevHash !== previous.hash) return 'prevHash is not the hash of the event before';
  const { hash, ...rest } = event;
  return hashEvent(rest) === hash ? null : 'hash does not fit the event';
}
