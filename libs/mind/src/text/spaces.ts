/** White space as the original (Python's `str`) understood it; it differs from JavaScript's in U+001C-1F, U+0085 and U+FEFF. */
const SPACE = '[\\t-\\r\\x1c-\\x20\\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000]';
const RUNS = new RegExp(`${SPACE}+`, 'gu');
const ONE = new RegExp(SPACE, 'u');

/** Visible ASCII needs no look at the table. */
const isSpace = (text: string, at: number): boolean => {
  const code = text.charCodeAt(at);
  return !(code > 0x20 && code < 0x7f) && ONE.test(text.charAt(at));
};

/** A text without white space at its ends. It looks at each character once at most. */
export function trimSpaces(text: string): string {
  let start = 0;
  let end = text.length;
  while (start < end && isSpace(text, start)) start++;
  while (end > start && isSpace(text, end - 1)) end--;
  return end - start === text.length ? text : text.slice(start, end);
}

/** A text with each run of white space as one space, and none at its ends. */
export const collapseSpaces = (text: string): string => trimSpaces(text.replace(RUNS, ' '));
