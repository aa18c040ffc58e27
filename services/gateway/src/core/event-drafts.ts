import type { AppendRequest } from '#libs/contracts';
import { eventId } from '#libs/kernel';

export interface GivenEvent {
  id?: string;
  kind: string;
  content: string;
  meta: Record<string, unknown>;
}

/**
 * Gives every event its id: its own, else one that follows from the `Idempotency-Key`, so that a repeat of the request
 * is a repeat of the ids, else one from `draw`.
 */
export function identify(
  mind: string,
  events: readonly GivenEvent[],
  key: string | undefined,
  draw: () => string,
): AppendRequest['events'] {
  const idOf = (n: number) => (key === undefined ? draw() : eventId(mind, 'http', key, n));
  return events.map((event, n) => ({ ...event, id: event.id ?? idOf(n) }));
}
