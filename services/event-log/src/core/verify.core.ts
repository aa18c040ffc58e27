import type { MindEvent } from '#libs/contracts';
import { AppError, canonicalEvent, hashCanonical } from '#libs/kernel';

/** A stored row with every column as the database holds it. */
export interface StoredRow {
  mind: string;
  position: number;
  id: string;
  kind: string;
  atMs: number;
  prevHash: string | null;
  hash: string;
  body: string;
}

export interface VerifiedTo {
  position: number;
  hash: string | null;
  atMs: number;
}

export interface Verdict {
  /** Rows found good, in order. */
  good: number;
  last: VerifiedTo;
  firstBad?: { position: number; reason: string };
}

/** Proves rows one after the other, beginning right after `previous`, up to the first bad one. */
export function verifyRows(rows: readonly StoredRow[], previous: VerifiedTo): Verdict {
  let last = previous;
  for (const [good, row] of rows.entries()) {
    const reason = rowFault(row, last);
    if (reason !== null) return { good, last, firstBad: { position: last.position + 1, reason } };
    last = row;
  }
  return { good: rows.length, last };
}

/** Why a row cannot follow `previous`, or null. The hash is that of the text; so all else is compared with the text. */
function rowFault(row: StoredRow, previous: VerifiedTo): string | null {
  if (row.position !== previous.position + 1)
    return `position ${previous.position + 1} is missing, ${row.position} follows`;
  if (row.prevHash !== previous.hash) return 'prevHash is not the hash of the event before';
  if (hashCanonical(row.body) !== row.hash) return 'hash does not fit the event';
  const fault = isWrittenAsChained(row) ? null : textFault(row);
  if (fault !== null) return fault;
  return row.atMs < previous.atMs ? 'at is before that of the event before' : null;
}

/** What exactly is wrong with a text, taken apart; null when it is only unusual. */
function textFault(row: StoredRow): string | null {
  const event = parseBody(row.body);
  if (event === null) return 'the stored text is not an event';
  const column = differingColumn(row, event);
  if (column !== null) return `column ${column} differs from the text that was hashed`;
  return isCanonical(row.body, event) ? null : 'the stored text is not canonical';
}

/**
 * Whether the text is what `chainEvent` writes for these columns: cheaper than taking it apart, and nearly always so. The
 * marks between its parts can't stand inside of the content, as a quote in it is escaped.
 */
function isWrittenAsChained({ mind, position, id, kind, atMs, prevHash, body }: StoredRow): boolean {
  const start = `{"at":"${isoTime(atMs)}","content":`;
  const middle = `,"id":"${id}","kind":${JSON.stringify(kind)},"meta":`;
  const link = prevHash === null ? 'null' : `"${prevHash}"`;
  const end = `,"mind":"${mind}","position":${position},"prevHash":${link},"version":`;
  const middleAt = body.indexOf(',"id":"', start.length);
  const endAt = body.lastIndexOf(',"mind":"');
  if (!body.startsWith(start) || !body.startsWith(middle, middleAt) || !body.startsWith(end, endAt))
    return false;
  return (
    /^[1-9][0-9]*\}$/.test(body.slice(endAt + end.length)) &&
    CANONICAL_TEXT.test(body.slice(start.length, middleAt)) &&
    isPlainJson(body.slice(middleAt + middle.length, endAt))
  );
}

/** A string of canonical JSON (RFC 8785, 3.2.2.2): only what must be escaped is, and in its shortest form. */
const CANONICAL_TEXT = /^"(?:[^"\\\p{Cc}]|[\u007f-\u009f]|\\["\\bfnrt]|\\u00(?:0[0-7bef]|1[0-9a-f]))*"$/u;

const isoTime = (ms: number): string => (Number.isSafeInteger(ms) ? new Date(ms).toISOString() : '');

/** JSON that JavaScript writes just so, with its keys in order: the canonical form, but for rare orders of keys. */
function isPlainJson(text: string): boolean {
  try {
    const value: unknown = JSON.parse(text);
    return JSON.stringify(value) === text && keysAreSorted(value);
  } catch (error) {
    if (error instanceof SyntaxError) return false;
    throw error;
  }
}

type HashedEvent = Omit<MindEvent, 'hash'>;

function parseBody(body: string): HashedEvent | null {
  try {
    const value: unknown = JSON.parse(body);
    return typeof value === 'object' && value !== null ? (value as HashedEvent) : null;
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}

function differingColumn(row: StoredRow, event: HashedEvent): string | null {
  if (event.mind !== row.mind) return 'mind';
  if (event.position !== row.position) return 'position';
  if (event.id !== row.id) return 'id';
  if (event.kind !== row.kind) return 'kind';
  if (Date.parse(event.at) !== row.atMs) return 'at';
  return event.prevHash === row.prevHash ? null : 'prev_hash';
}

/** Writing the parsed text again gives it back unless a key is not in its place; that is cheap and nearly always enough. */
function isCanonical(body: string, event: HashedEvent): boolean {
  if (JSON.stringify(event) === body && keysAreSorted(event)) return true;
  try {
    return canonicalEvent(event) === body;
  } catch (error) {
    if (error instanceof AppError) return false;
    throw error;
  }
}

function keysAreSorted(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return true;
  if (Array.isArray(value)) return value.every(keysAreSorted);
  const keys = Object.keys(value);
  const sorted = keys.every((key, index) => index === 0 || (keys[index - 1] ?? '') < key);
  return sorted && Object.values(value).every(keysAreSorted);
}
