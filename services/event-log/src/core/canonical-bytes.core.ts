/** Nothing was found, or something that only a closer look can judge. */
export const UNSURE = -1;

export const QUOTE = 0x22;
const COMMA = 0x2c;
export const MINUS = 0x2d;
const POINT = 0x2e;
export const ZERO = 0x30;
const NINE = 0x39;
const COLON = 0x3a;
const ARRAY = 0x5b;
export const BACKSLASH = 0x5c;
const ARRAY_END = 0x5d;
const EXPONENT = 0x65;
const UNICODE = 0x75;
export const OBJECT = 0x7b;
export const OBJECT_END = 0x7d;
const FIRST_NOT_ASCII = 0x80;
export const SPACE = 0x20;

/** A text in UTF-8. */
export const bytesOf = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text));
const SHORT_ESCAPES = new Set(bytesOf('"\\bfnrt'));
const WORDS = new Map(['true', 'false', 'null'].map((word) => [word.charCodeAt(0), bytesOf(word)]));
/** Control characters that have no short escape; U+0000 no text of ours may hold. */
const LONG_ESCAPES = new Set(
  Array.from({ length: SPACE }, (_, code) => code).filter(
    (code) => code > 0 && !'\b\t\n\f\r'.includes(String.fromCharCode(code)),
  ),
);
/** So many digits make an integer that a number holds exactly. */
const EXACT_DIGITS = 15;
const LONGEST_NUMBER = 32;

/**
 * Where a value of canonical JSON (RFC 8785) ends that begins at `at`, read from UTF-8 that is known to be well-formed.
 * UNSURE for everything else, and for what is rare: keys whose order shows only beyond ASCII or behind an escape, and a
 * nesting deeper than `depth`.
 */
export function endOfValue(data: Buffer, at: number, end: number, depth: number): number {
  const first = data[at] ?? 0;
  if (first === QUOTE) return endOfString(data, at, end);
  if (first === OBJECT) return depth === 0 ? UNSURE : endOfObject(data, at, end, depth);
  if (first === ARRAY) return depth === 0 ? UNSURE : endOfArray(data, at, end, depth);
  const word = WORDS.get(first);
  if (word) return isAt(data, at, word) ? at + word.length : UNSURE;
  return endOfNumber(data, at, end);
}

/** Where a string ends in which only what must be escaped is, in its shortest form (RFC 8785, 3.2.2.2). */
export function endOfString(data: Buffer, start: number, end: number): number {
  if (data[start] !== QUOTE) return UNSURE;
  let at = start + 1;
  while (at < end) {
    const byte = data[at] ?? 0;
    if (byte === QUOTE) return at + 1;
    if (byte < SPACE) return UNSURE;
    if (byte !== BACKSLASH) at += 1;
    else {
      at = endOfEscape(data, at);
      if (at === UNSURE) return UNSURE;
    }
  }
  return UNSURE;
}

function endOfEscape(data: Buffer, at: number): number {
  const letter = data[at + 1] ?? 0;
  if (SHORT_ESCAPES.has(letter)) return at + 2;
  if (letter !== UNICODE) return UNSURE;
  const digits = data.toString('latin1', at + 2, at + 6);
  const code = Number.parseInt(digits, 16);
  const isShortest = LONG_ESCAPES.has(code) && digits === code.toString(16).padStart(4, '0');
  return isShortest ? at + 6 : UNSURE;
}

function endOfObject(data: Buffer, start: number, end: number, depth: number): number {
  if (data[start + 1] === OBJECT_END) return start + 2;
  let at = start;
  let [before, beforeEnd] = [UNSURE, UNSURE];
  for (;;) {
    const key = at + 1;
    const keyEnd = endOfString(data, key, end);
    if (keyEnd === UNSURE || data[keyEnd] !== COLON) return UNSURE;
    if (before !== UNSURE && !isLess(data, before, beforeEnd, key, keyEnd)) return UNSURE;
    [before, beforeEnd] = [key, keyEnd];
    at = endOfValue(data, keyEnd + 1, end, depth - 1);
    if (at === UNSURE) return UNSURE;
    if (data[at] === OBJECT_END) return at + 1;
    if (data[at] !== COMMA) return UNSURE;
  }
}

function endOfArray(data: Buffer, start: number, end: number, depth: number): number {
  if (data[start + 1] === ARRAY_END) return start + 2;
  let at = start;
  for (;;) {
    at = endOfValue(data, at + 1, end, depth - 1);
    if (at === UNSURE) return UNSURE;
    if (data[at] === ARRAY_END) return at + 1;
    if (data[at] !== COMMA) return UNSURE;
  }
}

/** Of two keys with their quotes. Bytes of ASCII stand in the order of UTF-16 code units, others need not. */
function isLess(data: Buffer, left: number, leftEnd: number, right: number, rightEnd: number): boolean {
  const length = Math.min(leftEnd - left, rightEnd - right) - 1;
  for (let n = 1; n < length; n++) {
    const [a, b] = [data[left + n] ?? 0, data[right + n] ?? 0];
    if (a >= FIRST_NOT_ASCII || b >= FIRST_NOT_ASCII || a === BACKSLASH || b === BACKSLASH) return false;
    if (a !== b) return a < b;
  }
  return leftEnd - left < rightEnd - right;
}

/** Where a number ends that is written as ECMAScript writes it. */
function endOfNumber(data: Buffer, start: number, end: number): number {
  const digits = data[start] === MINUS ? start + 1 : start;
  let at = digits;
  while (isDigit(data[at])) at += 1;
  const isPlain = data[at] !== POINT && data[at] !== EXPONENT;
  const isZero = data[digits] === ZERO;
  if (isPlain && (isZero ? digits === start && at === start + 1 : at > digits && at - digits <= EXACT_DIGITS))
    return at;
  const rest =
    /^-?[0-9.e+-]+/.exec(data.toString('latin1', start, Math.min(end, start + LONGEST_NUMBER)))?.[0] ?? '';
  const value = Number(rest);
  const isOurs = !Number.isInteger(value) || Math.abs(value) <= 2 ** 53;
  return isOurs && String(value) === rest ? start + rest.length : UNSURE;
}

export const isDigit = (byte: number | undefined): boolean =>
  byte !== undefined && byte >= ZERO && byte <= NINE;

/** Whether these bytes stand there. */
export function isAt(data: Buffer, at: number, bytes: Uint8Array): boolean {
  for (let n = 0; n < bytes.length; n++) if (data[at + n] !== bytes[n]) return false;
  return true;
}
