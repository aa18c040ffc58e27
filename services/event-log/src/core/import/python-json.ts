import { JsonNumber, type JsonMap, type JsonTree } from './json-tree';

/**
 * JSON as the original hashed it, that is as Python's `json.dumps(value, sort_keys=True, separators=(',', ':'))` writes
 * it: keys sorted by code point at every depth, no spaces, non-ASCII as `\uXXXX`; numbers stay as they were written.
 */
export function pythonJson(tree: JsonTree): string {
  if (tree === null) return 'null';
  if (typeof tree === 'string') return pythonString(tree);
  if (typeof tree === 'boolean') return tree ? 'true' : 'false';
  if (tree instanceof JsonNumber) return tree.text;
  if (Array.isArray(tree)) return `[${tree.map(pythonJson).join(',')}]`;
  const keys = [...tree.keys()].sort(byCodePoint);
  return `{${keys.map((key) => `${pythonString(key)}:${pythonJson(valueOf(tree, key))}`).join(',')}}`;
}

const valueOf = (map: JsonMap, key: string): JsonTree => map.get(key) ?? null;

/** A text as `json.dumps` writes it: everything but printable ASCII escaped. */
export const pythonString = (text: string): string =>
  JSON.stringify(text).replace(/[^ -~]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);

/** A text as `json.dumps(ensure_ascii=False)` writes it. */
export const rawString = (text: string): string => JSON.stringify(text);

/** UTF-16 puts what lies beyond the basic plane before U+E000; Python doesn't. */
export function byCodePoint(a: string, b: string): number {
  const left = [...a];
  const right = [...b];
  const length = Math.min(left.length, right.length);
  for (let i = 0; i < length; i++) {
    const difference = (left[i]?.codePointAt(0) ?? 0) - (right[i]?.codePointAt(0) ?? 0);
    if (difference !== 0) return difference;
  }
  return left.length - right.length;
}
