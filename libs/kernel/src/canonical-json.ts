import { canonicalize } from 'json-canonicalize';
import type { JsonValue } from '#libs/contracts';
import { AppError } from './app-error';

/** Deeper than this no JSON of ours is nested, nor any that was imported. */
export const JSON_DEPTH = 64;

/**
 * Canonical JSON of RFC 8785: keys sorted by UTF-16 code unit, no white space, ECMAScript numbers.
 * @throws AppError `invalid_event` for what has no canonical form or does not survive storage: lone surrogates, U+0000,
 * numbers that are not finite, integers beyond 2^53, anything that is not JSON, nesting deeper than `maxDepth`.
 */
export function canonicalJson(value: unknown, maxDepth = JSON_DEPTH): string {
  const seen = { toJson: false };
  checkJson(value, maxDepth, seen);
  return seen.toJson ? sortedJson(value) : canonicalize(value);
}

/** The library leaves an object with a key `toJSON` to JSON.stringify, which sorts nothing: it is taken apart here. */
function sortedJson(value: JsonValue): string {
  if (typeof value !== 'object' || value === null) return canonicalize(value);
  if (Array.isArray(value)) return `[${value.map(sortedJson).join(',')}]`;
  const keys = Object.keys(value).sort();
  return `{${keys.map((key) => `${JSON.stringify(key)}:${sortedJson(value[key] ?? null)}`).join(',')}}`;
}

/** Lone surrogates have no UTF-8 form, and PostgreSQL cannot store U+0000. */
export function checkText(text: string): void {
  if (!text.isWellFormed()) throw new AppError('invalid_event', 'text holds a lone surrogate');
  if (text.includes('\u0000')) throw new AppError('invalid_event', 'text holds U+0000');
}

function checkJson(value: unknown, depthLeft: number, seen: { toJson: boolean }): asserts value is JsonValue {
  if (value === null || typeof value === 'boolean') return;
  if (typeof value === 'string') return checkText(value);
  if (typeof value === 'number') return checkNumber(value);
  if (typeof value !== 'object') throw new AppError('invalid_event', `${typeof value} is not JSON`);
  if (depthLeft === 0) throw new AppError('invalid_event', 'JSON is nested too deeply');
  if (Array.isArray(value)) return value.forEach((item) => checkJson(item, depthLeft - 1, seen));
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null)
    throw new AppError('invalid_event', 'not a plain object');
  for (const [key, item] of Object.entries(value)) {
    checkText(key);
    if (key === 'toJSON') seen.toJson = true;
    checkJson(item, depthLeft - 1, seen);
  }
}

function checkNumber(value: number): void {
  if (!Number.isFinite(value)) throw new AppError('invalid_event', 'a number is not finite');
  if (Number.isInteger(value) && Math.abs(value) > 2 ** 53) {
    throw new AppError('invalid_event', 'an integer is beyond 2^53');
  }
}
