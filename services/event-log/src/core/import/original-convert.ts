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
    fields[ours] = plain(meta.get(theirs) ?? null);
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

/** A value as plain JSON. */
function plain(tree: JsonTree): JsonValue {
  if (tree instanceof JsonNumber) return plainNumber(Number(tree.text));
  if (Array.isArray(tree)) return tree.map(plain);
  if (!(tree instanceof Map)) return tree;
  return Object.fromEntries([...tree].map(([key, item]) => [key, plain(item)]));
}

/** A number that our logs can't hold becomes the nearest one they can: it is above 0.9 or moves a trait all the same. */
const plainNumber = (value: number): number =>
  Number.isSafeInteger(value) || (Number.isFinite(value) && !Number.isInteger(value))
    ? value
    : Math.sign(value) * Number.MAX_SAFE_INTEGER;
