import type { JsonValue, MindEvent } from '#libs/contracts';
import { cutText } from '../text/cut-text';

/**
 * Whether an event came from an original ledger. Such an event changes what the golden rules say and never creates a
 * duty, so that nothing is decided because of it.
 */
export const isImported = (event: MindEvent): boolean => event.meta.legacy !== undefined;

/** A field of meta that is text and not empty. Imported fields of a wrong type count as absent. */
export function textField(event: MindEvent, name: string): string | undefined {
  const value = event.meta[name];
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/** The same, as far as it is kept in a state: an import may bring fields of any length. */
export function shortField(event: MindEvent, name: string): string | undefined {
  const value = textField(event, name);
  return value === undefined ? undefined : cutText(value, FIELD_UNITS);
}
export const FIELD_UNITS = 1_000;

/** A field of meta that is a finite number. */
export function numberField(event: MindEvent, name: string): number | undefined {
  const value = event.meta[name];
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined;
}

/** A field of meta that is an integer. */
export function integerField(event: MindEvent, name: string): number | undefined {
  const value = event.meta[name];
  return typeof value === 'number' && Number.isSafeInteger(value) ? value : undefined;
}

/** A field of meta that is an object, else one without fields. */
export function objectField(event: MindEvent, name: string): { readonly [key: string]: JsonValue } {
  const value = event.meta[name];
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : NO_FIELDS;
}
const NO_FIELDS: { readonly [key: string]: JsonValue } = Object.freeze({});

/** The position that a reference means: itself, or −1 for the event just before this one. */
export function resolveReference(event: MindEvent, value: JsonValue | undefined): number | undefined {
  if (typeof value !== 'number' || !Number.isSafeInteger(value) || value === 0) return undefined;
  const position = value > 0 ? value : event.position + value;
  return position > 0 ? position : undefined;
}

/** The positions that an array of references means; what is no reference is left out. */
export function resolveReferences(event: MindEvent, value: JsonValue | undefined): number[] {
  if (!Array.isArray(value)) return [];
  return value
    .slice(0, MOST_REFERENCES)
    .map((item) => resolveReference(event, item))
    .filter((position) => position !== undefined);
}
const MOST_REFERENCES = 100;
