import type { NewEvent } from '#libs/contracts';
import { checkNewEvent } from '#libs/kernel';
import { chainEvents, EMPTY_HEAD, eventLine } from '../../services/event-log/src/core/chain.core';
import { exportLine } from '../../services/event-log/src/core/export-line.core';

const ORIGIN = 'origin';

/** An export of a mind that lived elsewhere: the lines of its file, and the ids of its events in order. */
export function ownExport(
  atMs: number,
  lived: (mind: string) => readonly NewEvent[],
): { lines: string[]; ids: string[] } {
  const events = chainEvents(ORIGIN, EMPTY_HEAD, lived(ORIGIN).map(checkNewEvent), atMs);
  const end = exportLine({ mind: ORIGIN, events: events.length, headHash: events.at(-1)?.hash ?? null });
  return {
    lines: [...events.map(eventLine), end].map((line) => `${line}\n`),
    ids: events.map(({ id }) => id),
  };
}
