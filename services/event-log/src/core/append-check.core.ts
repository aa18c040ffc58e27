import { LIMITS, type AppendRequest } from '#libs/contracts';
import { AppError, checkNewEvent, UTF8_BYTES_PER_UNIT, type CheckedEvent } from '#libs/kernel';

/**
 * The events of an append, checked one by one and as a whole.
 * @throws AppError `invalid_event`, `invalid_request` (an id twice) or `too_large`.
 */
export function checkAppend(request: Pick<AppendRequest, 'events'>): CheckedEvent[] {
  const checked = request.events.map(checkNewEvent);
  const ids = new Set(checked.map(({ id }) => id));
  if (ids.size < checked.length) throw new AppError('invalid_request', 'an append holds the same id twice');
  const texts = checked.map(canonicalText);
  const units = texts.reduce((sum, text) => sum + text.length, 0);
  if (units * UTF8_BYTES_PER_UNIT <= LIMITS.appendBytes) return checked;
  const bytes = texts.reduce((sum, text) => sum + Buffer.byteLength(text), 0);
  if (bytes > LIMITS.appendBytes)
    throw new AppError('too_large', `an append may hold ${LIMITS.appendBytes} bytes, this one has ${bytes}`);
  return checked;
}

/** What the writer gave, as canonical JSON. */
const canonicalText = ({ id, kind, contentJson, metaJson }: CheckedEvent): string =>
  `{"content":${contentJson},"id":"${id}","kind":"${kind}","meta":${metaJson}}`;
