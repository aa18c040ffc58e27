import { HASH } from '#libs/contracts';
import { sha256 } from '#libs/kernel';
import { readJson } from './json-reader';
import { JsonFault, JsonNumber, type JsonMap, type JsonTree } from './json-tree';
import { parseOriginalTime } from './original-time';
import { pythonJson } from './python-json';

/** Which chain an original ledger has: 2025-10 hashes id, ts and meta as an object; 1.0 does not, and gives meta as text. */
export type OriginalFormat = '2025-10' | '1.0';

/** An event of an original ledger whose place in its old chain was proved. */
export interface OriginalEvent {
  id: number;
  ts: string;
  /** Microseconds since 1970. */
  atUs: number;
  kind: string;
  content: string;
  meta: JsonMap;
  /** As the file gives it (1.0), or as it was hashed (2025-10). */
  metaText: string;
  prevHash: string | null;
  hash: string;
}

/** What the next event is compared with. */
export interface OriginalHead {
  id: number;
  hash: string | null;
  atUs: number;
}

export const EMPTY_ORIGINAL: OriginalHead = { id: 0, hash: null, atUs: -Infinity };

const FIELDS = ['id', 'ts', 'kind', 'content', 'meta', 'prev_hash', 'hash'];
export const MAX_DEPTH = 64;

/** The format that an event's `meta` tells. */
export const originalFormat = (event: JsonMap): OriginalFormat =>
  typeof event.get('meta') === 'string' ? '1.0' : '2025-10';

/** The event that follows `head` in an original ledger. @throws JsonFault that says what is wrong with it. */
export function proveOriginal(event: JsonMap, format: OriginalFormat, head: OriginalHead): OriginalEvent {
  checkFields(event);
  const id = wholeNumber(event, 'id');
  if (id !== head.id + 1) throw new JsonFault(`the file says id ${id} here`);
  const { meta, metaText } = format === '1.0' ? metaOfText(event) : metaOfObject(event);
  const prevHash = event.get('prev_hash') === null ? null : hashOf(event, 'prev_hash');
  if (prevHash !== head.hash) throw new JsonFault('prev_hash is not the hash of the event before');
  const hash = hashOf(event, 'hash');
  if (sha256(pythonJson(hashedPart(event, format, meta))) !== hash) throw new JsonFault('hash does not fit');
  const ts = text(event, 'ts');
  return {
    ...{ id, ts, atUs: timeOf(ts, head), kind: text(event, 'kind'), content: text(event, 'content') },
    ...{ meta, metaText, prevHash, hash },
  };
}

function checkFields(event: JsonMap): void {
  for (const field of FIELDS) if (!event.has(field)) throw new JsonFault(`${field} is missing`);
  for (const field of event.keys())
    if (!FIELDS.includes(field))
      throw new JsonFault(`${JSON.stringify(field.slice(0, 60))} is no field of it`);
}

function hashedPart(event: JsonMap, format: OriginalFormat, meta: JsonMap): JsonMap {
  const fields =
    format === '1.0' ? ['kind', 'content', 'prev_hash'] : ['id', 'ts', 'kind', 'content', 'prev_hash'];
  const part: JsonMap = new Map(fields.map((field): [string, JsonTree] => [field, event.get(field) ?? null]));
  return part.set('meta', meta);
}

function metaOfText(event: JsonMap): { meta: JsonMap; metaText: string } {
  const metaText = text(event, 'meta');
  const meta = readMeta(metaText);
  if (!(meta instanceof Map)) throw new JsonFault('meta is not the text of a JSON object');
  return { meta, metaText };
}

function readMeta(metaText: string): JsonTree {
  try {
    return readJson(metaText, { maxDepth: MAX_DEPTH, dumped: true });
  } catch (error) {
    if (error instanceof JsonFault) throw new JsonFault(`meta: ${error.message}`, { cause: error });
    throw error;
  }
}

function metaOfObject(event: JsonMap): { meta: JsonMap; metaText: string } {
  const meta = event.get('meta');
  if (!(meta instanceof Map)) throw new JsonFault('meta is not a JSON object');
  return { meta, metaText: pythonJson(meta) };
}

function timeOf(ts: string, head: OriginalHead): number {
  const atUs = parseOriginalTime(ts);
  if (atUs === null) throw new JsonFault('ts is not a time');
  if (atUs < head.atUs) throw new JsonFault('ts is before that of the event before');
  return atUs;
}

function text(event: JsonMap, field: string): string {
  const value = event.get(field);
  if (typeof value !== 'string') throw new JsonFault(`${field} is not a text`);
  return value;
}

function hashOf(event: JsonMap, field: string): string {
  const value = text(event, field);
  if (!HASH.test(value)) throw new JsonFault(`${field} is not a hash`);
  return value;
}

function wholeNumber(event: JsonMap, field: string): number {
  const value = event.get(field);
  if (!(value instanceof JsonNumber) || !/^[1-9][0-9]{0,15}$/.test(value.text))
    throw new JsonFault(`${field} is not a whole number`);
  return Number(value.text);
}
