import { createHash } from 'node:crypto';

/** Builds original ledgers for specs, by a second implementation of their chains. */
export interface Written {
  kind: string;
  content?: string;
  /** JSON text, written into the ledger as it is. */
  meta?: string;
  ts?: string;
}

const sha = (text: string) => createHash('sha256').update(text).digest('hex');
const quote = (text: string) =>
  `"${[...text].map((char) => (/[ !#-[\]-~]/.test(char) ? char : escapeUnits(char))).join('')}"`;
const SHORT: Record<string, string> = {
  '"': '\\"',
  '\\': '\\\\',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
  '\b': '\\b',
  '\f': '\\f',
};
const escapeUnits = (char: string) =>
  SHORT[char] ??
  char
    .split('')
    .map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
    .join('');

/** The lines of a ledger in the chain of 2025-10. `meta` must be in its hashed form. */
export function ledger2025(events: readonly Written[]): string[] {
  let prev: string | null = null;
  return events.map(({ kind, content = '', meta = '{}', ts = '2025-09-01T00:00:00+00:00' }, index) => {
    const prevText: string = prev === null ? 'null' : `"${prev}"`;
    const hash = sha(
      `{"content":${quote(content)},"id":${index + 1},"kind":${quote(kind)},"meta":${meta},"prev_hash":${prevText},"ts":${quote(ts)}}`,
    );
    prev = hash;
    return (
      `{"id": ${index + 1}, "ts": ${quote(ts)}, "kind": ${quote(kind)}, "content": ${quote(content)}, ` +
      `"meta": ${meta}, "prev_hash": ${prevText}, "hash": "${hash}"}`
    );
  });
}

/** The lines of a ledger in the chain of 1.0. `meta` must be in its hashed form; `metaText` is how the file gives it. */
export function ledger10(events: readonly (Written & { metaText?: string })[]): string[] {
  let prev: string | null = null;
  return events.map(
    ({ kind, content = '', meta = '{}', metaText, ts = '2025-11-17T22:54:48.499033Z' }, index) => {
      const prevText: string = prev === null ? 'null' : `"${prev}"`;
      const hash = sha(
        `{"content":${quote(content)},"kind":${quote(kind)},"meta":${meta},"prev_hash":${prevText}}`,
      );
      prev = hash;
      return (
        `{"id": ${index + 1}, "ts": "${ts}", "kind": ${quote(kind)}, "content": ${quote(content)}, ` +
        `"meta": ${quote(metaText ?? meta)}, "prev_hash": ${prevText}, "hash": "${hash}"}`
      );
    },
  );
}
