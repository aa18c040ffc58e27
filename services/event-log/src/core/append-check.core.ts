import { LIMITS, type AppendRequest } from '#libs/contracts';
import { AppError, checkNewEvent, type CheckedEvent } from '#libs/kernel';

/**
 * The events of an append, checked one by one and as a whole.
 * @throws AppError `invalid_event`, `invalid_request` (an id twice) or `too_large`.
 */
export function checkAppend(request: Pick<AppendRequest, 'events'>): CheckedEvent[] {
  const checked = request.events.map(checkNewEvent);
  const ids = new Set(checked.map(({ id }) => id));
  if (ids.size < checked.length) throw new AppError('invalid_request', 'an append holds the same id twice');
  const bytes = checked.reduce((sum, event) => sum + canonicalBytes(event), 0);
  if (bytes > LIMITS.appendBytes)
    throw new AppError('too_large', `an append may hold ${LIMITS.appendBytes} bytes, this one has ${bytes}`);
  return checked;
}

/** Bytes of the canonical JSON of what the writer gave. */
function canonicalBytes({ id, kind, contentJson, metaJson }: CheckedEvent): number {
  const text = `{"content":${contentJson},"id":"${id}","kind":"${kind}","meta":${metaJson}}`;
  return Buffer.byteLength(text);
}
