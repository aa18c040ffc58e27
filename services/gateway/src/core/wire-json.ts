import type { JsonValue } from '#libs/contracts';
import { AppError, checkText } from '#libs/kernel';

/** Deeper than any event may be (16), as a body wraps events. */
const DEEPEST = 32;

const refuse = (message: string): never => {
  throw new AppError('invalid_request', message);
};

/**
 * The JSON value of a body's bytes.
 * @throws AppError `invalid_request`: not UTF-8, not JSON, too deep, numbers that are not finite, `__proto__`,
 * a field given twice. `invalid_event`: U+0000, a lone surrogate or an integer beyond 2^53, which nothing behind the
 * gateway could store as it was sent.
 */
export function readJson(bytes: Uint8Array): JsonValue {
  const text = decodeUtf8(bytes);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new AppError('invalid_request', `the body is not JSON: ${(cause as Error).message}`, { cause });
  }
  const fields = checkWire(value);
  checkSource(text, fields);
  return value as JsonValue;
}

function decodeUtf8(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new AppError('invalid_request', 'the body is not UTF-8', { cause });
  }
}

/** Walks level by level, so that no depth of nesting can exhaust the stack. Answers how many fields all objects have. */
function checkWire(root: unknown): number {
  let fields = 0;
  let level: unknown[] = [root];
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > DEEPEST) refuse(`the body is nested more than ${DEEPEST} deep`);
    fields += level.reduce<number>((sum, value) => sum + fieldsOf(value), 0);
    level = level.flatMap(childrenOf);
  }
  return fields;
}

const fieldsOf = (value: unknown): number =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? Object.keys(value).length : 0;

const TEXTS = /"[^"\\]*(?:\\.[^"\\]*)*"/g;
const LONG_NUMBERS = /-?\d[\d.eE+-]{15,}/g;

/** What `JSON.parse` drops without a word: of a field given twice all but the last, of 2^53 + 1 the 1. */
function checkSource(json: string, fields: number): void {
  const bare = json.replace(TEXTS, '');
  if (bare.split(':').length - 1 !== fields) refuse('the body has a field twice in one object');
  for (const [number] of bare.matchAll(LONG_NUMBERS))
    if (Math.abs(Number(number)) === 2 ** 53 && number.replace('-', '') !== String(2 ** 53))
      throw new AppError('invalid_event', 'an integer is beyond 2^53');
}

function childrenOf(value: unknown): unknown[] {
  if (typeof value === 'string') checkText(value);
  if (typeof value === 'number' && !Number.isFinite(value)) refuse('a number is not finite');
  if (typeof value !== 'object' || value === null) return [];
  if (Array.isArray(value)) return value;
  // Schemas would not see this key, because assigning it sets a prototype and makes no field.
  if (Object.hasOwn(value, '__proto__')) refuse('Unrecognized key: "__proto__"');
  Object.keys(value).forEach(checkText);
  return Object.values(value);
}

/**
 * The fields of a query string. @throws AppError `invalid_request` when one is given twice or holds what is no text.
 */
export function readQuery(url: string): Record<string, string> {
  const at = url.indexOf('?');
  const given = new Map<string, string>();
  for (const [key, value] of new URLSearchParams(at < 0 ? '' : url.slice(at + 1))) {
    if (key === '__proto__') refuse('Unrecognized key: "__proto__"');
    if (given.has(key)) refuse(`${key}: is given twice`);
    checkText(value);
    given.set(key, value);
  }
  return Object.fromEntries(given);
}
