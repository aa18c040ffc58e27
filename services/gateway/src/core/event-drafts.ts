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
 * is a repeat of the ids.
 */
export const identify = (mind: string, events: readonly GivenEvent[], key: string): AppendRequest['events'] =>
  events.map((event, n) => ({ ...event, id: event.id ?? eventId(mind, 'http', key, n) }));
