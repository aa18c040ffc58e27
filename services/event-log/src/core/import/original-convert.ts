import type { JsonObject, JsonValue } from '#libs/contracts';
import { canonicalJson, eventId } from '#libs/kernel';
import type { LooseEvent } from '../chain.core';
import { JsonNumber, type JsonMap, type JsonTree } from './json-tree';
import type { OriginalEvent, OriginalFormat } from './original-event';
import { importedFields, importedKind } from './original-kinds';

/** What an original event needs to become one of ours. */
export interface Conversion {
  mind: string;
  format: OriginalFormat;
  /** The ticks up to and including this event. */
  tick: number;
}

/** The event of ours that an original one becomes; the old event stays in `meta.legacy`, so that its chain can be proved again. */
export function convertOriginal(event: OriginalEvent, { mind, format, tick }: Conversion): LooseEvent {
  const kind = importedKind(event.kind, event.meta);
  const meta: JsonObject = { ...fieldsOf(kind, event.meta) };
  if (kind === 'autonomy_tick') meta['tick'] = tick;
  const { id, ts, metaText, prevHash, hash } = event;
  meta['legacy'] = { format, id, ts, kind: event.kind, meta: metaText, prevHash, hash };
  return {
    id: eventId(mind, 'import', id),
    ...{ kind, version: 1, content: event.content },
    metaJson: canonicalJson(meta),
  };
}

function fieldsOf(kind: string, meta: JsonMap): JsonObject {
  const fields: JsonObject = {};
  for (const [ours, theirs] of importedFields(kind, meta)) {
    const value = plain(meta.get(theirs));
    if (value !== undefined) fields[ours] = value;
  }
  if (kind === 'trait_update') foldSingleTrait(fields, meta);
  return fields;
}

/** `{ trait, delta: number }` becomes `{ delta: { trait: number } }`; a trait with a map moved nothing in the original. */
function foldSingleTrait(fields: JsonObject, meta: JsonMap): void {
  const trait = meta.get('trait');
  if (typeof trait !== 'string' || trait.trim() === '') return;
  const delta = fields['delta'];
  delete fields['delta'];
  if (delta !== undefined && !isContainer(delta)) fields['delta'] = { [trait.trim()]: delta };
}

const isContainer = (value: JsonValue): boolean => typeof value === 'object' && value !== null;

/** A value as plain JSON; undefined for what our logs can't hold, a number too large, which counts as absent. */
function plain(tree: JsonTree | undefined): JsonValue | undefined {
  if (tree === undefined) return undefined;
  if (tree instanceof JsonNumber) return plainNumber(Number(tree.text));
  if (Array.isArray(tree)) return tree.map((item) => plain(item) ?? null);
  if (!(tree instanceof Map)) return tree;
  const entries = [...tree].map(([key, item]) => [key, plain(item)] as const);
  return Object.fromEntries(entries.filter(([, value]) => value !== undefined)) as JsonObject;
}

function plainNumber(value: number): number | undefined {
  const fits = Number.isFinite(value) && !(Number.isInteger(value) && Math.abs(value) > 2 ** 53);
  return fits ? value : undefined;
}
