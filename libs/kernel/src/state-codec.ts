import type { Fold } from './fold';
import { canonicalJson } from './canonical-json';
import { sha256 } from './event-hash';

/** How a `Map` stands in JSON: entries in order of insertion, which is part of the state. */
const MAP_KEY = '$map';

/** A state as plain JSON values: every `Map` becomes `{ "$map": [[key, value], …] }`. */
export function toPlain(value: unknown): unknown {
  if (value instanceof Map) return { [MAP_KEY]: [...value].map(([key, item]) => [key, toPlain(item)]) };
  if (Array.isArray(value)) return value.map(toPlain);
  if (typeof value !== 'object' || value === null) return value;
  const plain: Record<string, unknown> = Object.create(null) as Record<string, unknown>;
  for (const [key, item] of Object.entries(value)) if (item !== undefined) plain[key] = toPlain(item);
  return plain;
}

/** JSON text of a state; `decodeState` gives the equal state back. */
export const encodeState = (state: unknown): string => JSON.stringify(toPlain(state));

/** The state that `encodeState` wrote. @throws SyntaxError when the text is not JSON. */
export function decodeState<S>(text: string): S {
  return JSON.parse(text, (_key, value: unknown) => {
    if (typeof value !== 'object' || value === null || !(MAP_KEY in value)) return value;
    return new Map((value as { [MAP_KEY]: [string, unknown][] })[MAP_KEY]);
  }) as S;
}

/** SHA-256 of one section's canonical JSON. */
export const sectionDigest = (section: unknown): string => sha256(canonicalJson(toPlain(section)));

/** SHA-256 of the canonical JSON of `{ section: SHA-256 of its canonical JSON }`. */
export const combineDigests = (digests: Readonly<Record<string, string>>): string =>
  sha256(canonicalJson({ ...digests }));

/** The digest of a whole state. */
export function digestOf<S extends object>(fold: Fold<S>, state: S): string {
  return combineDigests(
    Object.fromEntries(fold.sectionNames.map((name) => [name, sectionDigest(state[name])])),
  );
}
