import { EVENT_DOMAIN, isUtf8, JSON_DEPTH, sha256 } from '#libs/kernel';
import {
  BACKSLASH,
  bytesOf,
  endOfString,
  endOfValue,
  isAt,
  isDigit,
  MINUS,
  OBJECT,
  OBJECT_END,
  QUOTE,
  SPACE,
  UNSURE,
  ZERO,
} from './canonical-bytes.core';
import type { VerifiedTo } from './verify.core';

/** A row as the database sends it: where its columns lie in `data`. */
export interface RowBytes {
  readonly data: Buffer;
  position: number;
  atMs: number;
  /** 16 bytes. */
  idAt: number;
  kindAt: number;
  kindEnd: number;
  /** -1 for NULL. */
  prevHashAt: number;
  prevHashEnd: number;
  hashAt: number;
  hashEnd: number;
  /** The text as it is hashed: the domain, then the body. */
  hashedAt: number;
  bodyEnd: number;
}

const HASH_BYTES = 32;
/** What stands before the body in the text that is hashed. */
export const DOMAIN_BYTES = Buffer.byteLength(EVENT_DOMAIN);
const ISO_LENGTH = 24;
const DAY_LENGTH = 10;

const AT = bytesOf('{"at":"');
const CONTENT = bytesOf('","content":');
const ID = bytesOf(',"id":"');
const KIND = bytesOf('","kind":"');
const META = bytesOf('","meta":');
const PREV_HASH = bytesOf(',"prevHash":');
const NULL = bytesOf('null');
const VERSION = bytesOf(',"version":');
/** Where the bytes of a UUID stand in its text. */
const UUID_PLACES = [0, 2, 4, 6, 9, 11, 14, 16, 19, 21, 24, 26, 28, 30, 32, 34];
const UUID_DASHES = [8, 13, 18, 23];
const UUID_LENGTH = 36;
/** The two digits of each byte, the first one in the upper eight bits. */
const HEX = Uint16Array.from({ length: 256 }, (_, byte) =>
  Buffer.from(byte.toString(16).padStart(2, '0')).readUInt16BE(),
);

/**
 * Proves rows of one mind by their bytes, without taking them apart: that a row's text is canonical
 * and says what its columns say, that it follows the row before, and that it has the hash beside it.
 */
export class ChainedBytes {
  private readonly mind: Uint8Array;
  /** The last day that was seen: `YYYY-MM-DD`, and when it began. */
  private day: Uint8Array = new Uint8Array(DAY_LENGTH);
  private dayMs = NaN;

  constructor(mind: string) {
    this.mind = bytesOf(`,"mind":${JSON.stringify(mind)},"position":`);
  }

  /** What the row is when it follows `previous` and is good; null when only a closer look can tell. */
  proved(row: RowBytes, previous: VerifiedTo): VerifiedTo | null {
    const { data, position, atMs, hashAt, hashEnd, hashedAt, bodyEnd } = row;
    if (position !== previous.position + 1 || atMs < previous.atMs) return null;
    const hashed = data.subarray(hashedAt, bodyEnd);
    if (this.endOfText(row, previous.hash) !== bodyEnd || !isUtf8(hashed)) return null;
    const hash = sha256(hashed);
    return isHexOf(data, hashAt, hashEnd, hash) ? { position, hash, atMs } : null;
  }

  /** Where the text ends when it is the one that belongs to the columns. */
  private endOfText(row: RowBytes, previousHash: string | null): number {
    const { data, hashedAt, bodyEnd, kindAt, kindEnd, idAt } = row;
    let at = hashedAt + DOMAIN_BYTES;
    if (!isAt(data, at, AT)) return UNSURE;
    at += AT.length;
    if (this.timeAt(data, at) !== row.atMs) return UNSURE;
    at += ISO_LENGTH;
    if (!isAt(data, at, CONTENT)) return UNSURE;
    at = endOfString(data, at + CONTENT.length, bodyEnd);
    if (at === UNSURE || !isAt(data, at, ID) || !isUuidAt(data, at + ID.length, idAt)) return UNSURE;
    at += ID.length + UUID_LENGTH;
    if (!isAt(data, at, KIND) || !isPlainTextAt(data, at + KIND.length, kindAt, kindEnd)) return UNSURE;
    at += KIND.length + kindEnd - kindAt;
    if (!isAt(data, at, META) || data[at + META.length] !== OBJECT) return UNSURE;
    at = endOfValue(data, at + META.length, bodyEnd, JSON_DEPTH);
    if (at === UNSURE || !isAt(data, at, this.mind)) return UNSURE;
    at = endOfPosition(data, at + this.mind.length, row.position);
    if (at === UNSURE || !isAt(data, at, PREV_HASH)) return UNSURE;
    at = endOfLink(row, at + PREV_HASH.length, previousHash);
    if (at === UNSURE || !isAt(data, at, VERSION)) return UNSURE;
    return endOfVersion(data, at + VERSION.length);
  }

  /** Milliseconds since 1970 of an ISO time in UTC; NaN for anything else. */
  private timeAt(data: Buffer, at: number): number {
    if (Number.isNaN(this.dayMs) || !isAt(data, at, this.day)) this.learnDay(data, at);
    const time = at + DAY_LENGTH;
    const [hour, minute] = [numberAt(data, time + 1, 2), numberAt(data, time + 4, 2)];
    const [second, ms] = [numberAt(data, time + 7, 2), numberAt(data, time + 10, 3)];
    const isTime =
      data[time] === 0x54 &&
      data[time + 3] === 0x3a &&
      data[time + 6] === 0x3a &&
      data[time + 9] === 0x2e &&
      data[time + 13] === 0x5a;
    return isTime && hour < 24 && minute < 60 && second < 60
      ? this.dayMs + ((hour * 60 + minute) * 60 + second) * 1_000 + ms
      : NaN;
  }

  private learnDay(data: Buffer, at: number): void {
    const text = data.toString('latin1', at, at + DAY_LENGTH);
    this.day = bytesOf(text);
    this.dayMs = Date.parse(`${text}T00:00:00.000Z`);
    // Date.parse takes more for a day than there is in a calendar.
    if (!Number.isNaN(this.dayMs) && !new Date(this.dayMs).toISOString().startsWith(text)) this.dayMs = NaN;
  }
}

/** So many digits as a number; NaN when one of them is none. */
function numberAt(data: Buffer, at: number, digits: number): number {
  let value = 0;
  for (let n = 0; n < digits; n++) {
    const byte = data[at + n];
    if (!isDigit(byte)) return NaN;
    value = value * 10 + (byte ?? 0) - ZERO;
  }
  return value;
}

function isUuidAt(data: Buffer, textAt: number, idAt: number): boolean {
  for (let n = 0; n < UUID_DASHES.length; n++)
    if (data[textAt + (UUID_DASHES[n] ?? 0)] !== MINUS) return false;
  for (let n = 0; n < UUID_PLACES.length; n++)
    if (!isHexAt(data, textAt + (UUID_PLACES[n] ?? 0), data[idAt + n] ?? 0)) return false;
  return true;
}

/** Whether the two digits of this byte stand there, in lower case. */
const isHexAt = (data: Buffer, at: number, byte: number): boolean =>
  (((data[at] ?? 0) << 8) | (data[at + 1] ?? 0)) === HEX[byte];

/** Whether the same bytes stand there, and none of them would be escaped in JSON. */
function isPlainTextAt(data: Buffer, textAt: number, from: number, to: number): boolean {
  for (let n = 0; n < to - from; n++) {
    const byte = data[from + n] ?? 0;
    if (byte < SPACE || byte === QUOTE || byte === BACKSLASH || data[textAt + n] !== byte) return false;
  }
  return true;
}

function endOfPosition(data: Buffer, start: number, position: number): number {
  let at = start;
  while (isDigit(data[at]) && at - start < 16) at += 1;
  return data[start] !== ZERO && numberAt(data, start, at - start) === position ? at : UNSURE;
}

/** Column, text and the row before name the same hash. */
function endOfLink(
  { data, prevHashAt, prevHashEnd }: RowBytes,
  at: number,
  previousHash: string | null,
): number {
  if (previousHash === null) return prevHashAt < 0 && isAt(data, at, NULL) ? at + NULL.length : UNSURE;
  if (prevHashAt < 0 || !isHexOf(data, prevHashAt, prevHashEnd, previousHash)) return UNSURE;
  const end = at + 2 * HASH_BYTES + 1;
  if (data[at] !== QUOTE || data[end] !== QUOTE) return UNSURE;
  for (let n = 0; n < HASH_BYTES; n++)
    if (!isHexAt(data, at + 1 + 2 * n, data[prevHashAt + n] ?? 0)) return UNSURE;
  return end + 1;
}

/** Whether the bytes that stand there are those of a hash in hexadecimal. */
function isHexOf(data: Buffer, at: number, end: number, hash: string): boolean {
  if (end - at !== HASH_BYTES || hash.length !== 2 * HASH_BYTES) return false;
  for (let n = 0; n < HASH_BYTES; n++) {
    const digits = (hash.charCodeAt(2 * n) << 8) | hash.charCodeAt(2 * n + 1);
    if (digits !== HEX[data[at + n] ?? 0]) return false;
  }
  return true;
}

/** A version is a number from 1 on; the text ends with it. */
function endOfVersion(data: Buffer, start: number): number {
  let at = start;
  while (isDigit(data[at]) && at - start < 9) at += 1;
  return at > start && data[start] !== ZERO && data[at] === OBJECT_END ? at + 1 : UNSURE;
}
