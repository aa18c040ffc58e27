import type { JsonValue, MindEvent } from '#libs/contracts';

/** An earlier event that an event names, and how. */
export type Reference = { role: string } & ({ position: number } | { cid: string } | { turnId: string });

/** Fields of meta that hold a position, or a negative distance within the same append. */
const POSITION_FIELDS = ['origin', 'proposal', 'adoption', 'reflection', 'contextPosition'] as const;
const MOST_EVIDENCE = 10;

/** What an event's meta refers to. Imported events may hold anything there: what is no reference is left out. */
export function referencesOf(event: MindEvent): Reference[] {
  const { meta, kind } = event;
  const found: Reference[] = POSITION_FIELDS.flatMap((role) => at(event, role, meta[role]));
  const evidence = Array.isArray(meta.evidence) ? meta.evidence.slice(0, MOST_EVIDENCE) : [];
  found.push(...evidence.flatMap((one) => at(event, 'evidence', one)));
  found.push(...rangeOf(event, meta), ...rangeOf(event, meta.window));
  if (typeof meta.cid === 'string' && kind !== 'commitment_open')
    found.push({ role: 'opened by', cid: meta.cid });
  if (typeof meta.turnId === 'string' && kind !== 'user_message')
    found.push({ role: 'said by the user', turnId: meta.turnId });
  return found;
}

function at(event: MindEvent, role: string, value: JsonValue | undefined): Reference[] {
  if (typeof value !== 'number' || !Number.isInteger(value)) return [];
  const position = value < 0 ? event.position + value : value;
  return position >= 1 && position < event.position ? [{ role, position }] : [];
}

/** `from` and `to` are positions where they are numbers; a change of stage or model has other values there. */
function rangeOf(event: MindEvent, range: JsonValue | undefined): Reference[] {
  if (typeof range !== 'object' || range === null || Array.isArray(range)) return [];
  return [...at(event, 'from', range.from), ...at(event, 'to', range.to)];
}
