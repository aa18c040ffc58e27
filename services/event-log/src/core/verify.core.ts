import type { MindEvent } from '#libs/contracts';
import { AppError, canonicalEvent, checkText, hashCanonical } from '#libs/kernel';
import { isCount, isObject, isText } from './event-fields.core';

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

/** Stored rows of one mind in order, one after the other. */
export interface RowCursor {
  /** Goes on to the next row; false when there is none, or none yet. */
  next(): boolean;
  /** Whether the row's bytes alone prove it, and then where the chain has come to; null proves nothing. */
  proved(previous: VerifiedTo): VerifiedTo | null;
  /** The row, taken apart. */
  row(): StoredRow;
}

/** Rows that were taken apart already. */
export function cursorOf(rows: readonly StoredRow[]): RowCursor {
  let at = -1;
  return {
    next: () => ++at < rows.length,
    proved: () => null,
    row: () => {
      const row = rows[at];
      if (!row) throw new RangeError('there is no such row');
      return row;
    },
  };
}

/** Proves rows one after the other, beginning right after `previous`, up to the first bad one. */
export function verifyRows(rows: RowCursor, previous: VerifiedTo): Verdict {
  let [good, last] = [0, previous];
  for (; rows.next(); good++) {
    const proved = rows.proved(last);
    if (proved) {
      last = proved;
      continue;
    }
    const row = rows.row();
    const reason = rowFault(row, last);
    if (reason !== null) return { good, last, firstBad: { position: last.position + 1, reason } };
    last = row;
  }
  return { good, last };
}

/** Why a row cannot follow `previous`, or null. The hash is that of the text; so all else is compared with the text. */
function rowFault(row: StoredRow, previous: VerifiedTo): string | null {
  if (row.position !== previous.position + 1)
    return `position ${previous.position + 1} is missing, ${row.position} follows`;
  if (row.prevHash !== previous.hash) return 'prevHash is not the hash of the event before';
  if (hashCanonical(row.body) !== row.hash) return 'hash does not fit the event';
  const fault = textFault(row);
  if (fault !== null) return fault;
  return row.atMs < previous.atMs ? 'at is before that of the event before' : null;
}

/** What is wrong with a text, taken apart. */
function textFault(row: StoredRow): string | null {
  const event = parseBody(row.body);
  if (event === null) return 'the stored text is not an event';
  const column = differingColumn(row, event);
  if (column !== null) return `column ${column} differs from the text that was hashed`;
  return isCanonical(row.body, event) ? null : 'the stored text is not canonical';
}

type HashedEvent = Omit<MindEvent, 'hash'>;

function parseBody(body: string): HashedEvent | null {
  try {
    const value: unknown = JSON.parse(body);
    return isHashedEvent(value) ? value : null;
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}

/** What the canonical text of an event is made of without a check of its own. */
function isHashedEvent(value: unknown): value is HashedEvent {
  if (!isObject(value)) return false;
  const { at, content, meta, version } = value;
  return isText(at) && isText(content) && isObject(meta) && isCount(version);
}

function differingColumn(row: StoredRow, event: HashedEvent): string | null {
  if (event.mind !== row.mind) return 'mind';
  if (event.position !== row.position) return 'position';
  if (event.id !== row.id) return 'id';
  if (event.kind !== row.kind) return 'kind';
  if (Date.parse(event.at) !== row.atMs) return 'at';
  return event.prevHash === row.prevHash ? null : 'prev_hash';
}

function isCanonical(body: string, event: HashedEvent): boolean {
  try {
    checkText(event.content);
    return new Date(event.at).toISOString() === event.at && canonicalEvent(event) === body;
  } catch (error) {
    if (error instanceof AppError) return false;
    throw error;
  }
}
