/** White space as the original (Python's `str`) understood it; it differs from JavaScript's in U+001C-1F, U+0085 and U+FEFF. */
const SPACE = '[\\t-\\r\\x1c-\\x20\\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000]';
const RUNS = new RegExp(`${SPACE}+`, 'gu');
const ENDS = new RegExp(`^${SPACE}+|${SPACE}+$`, 'gu');

/** True for visible ASCII, where nothing needs to be trimmed. */
const solid = (code: number): boolean => code > 0x20 && code < 0x7f;

/** A text without white space at its ends. */
export function trimSpaces(text: string): string {
  if (text === '') return text;
  if (solid(text.charCodeAt(0)) && solid(text.charCodeAt(text.length - 1))) return text;
  return text.replace(ENDS, '');
}

/** A text with each run of white space as one space, and none at its ends. */
export const collapseSpaces = (text: string): string => trimSpaces(text.replace(RUNS, ' '));
