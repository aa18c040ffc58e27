import type { MindEvent } from '#libs/contracts';

export interface Sound {
  /** Those before the first fault. */
  events: MindEvent[];
  /** What somebody stored who is not event-log: no cache could fold it. */
  fault?: { position: number; reason: string };
}

/** What was read of a mind's log after a position, as far as it is a run of events of this mind, each linked to the one before. */
export function soundEvents(mind: string, after: number, read: MindEvent[]): Sound {
  for (const [n, event] of read.entries()) {
    const reason = isEvent(event)
      ? misplaced(event, { mind, position: after + n + 1 }, read[n - 1])
      : 'no event';
    if (reason) return { events: read.slice(0, n), fault: { position: after + n + 1, reason } };
  }
  return { events: read };
}

/** What the rest of this service takes for granted; event-log serves what is stored as it is. */
function isEvent(read: unknown): boolean {
  if (typeof read !== 'object' || read === null) return false;
  const { id, kind, content, meta, at } = read as Record<string, unknown>;
  const isText = [id, kind, content, at].every((text) => typeof text === 'string');
  return isText && typeof meta === 'object' && meta !== null && !Number.isNaN(Date.parse(String(at)));
}

function misplaced(
  event: MindEvent,
  place: { mind: string; position: number },
  before: MindEvent | undefined,
): string | undefined {
  if (event.mind !== place.mind) return `an event of ${String(event.mind)}`;
  if (event.position !== place.position) return `an event of position ${String(event.position)}`;
  return before && event.prevHash !== before.hash ? 'it does not follow the event before' : undefined;
}
