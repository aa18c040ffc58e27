import { PmmError, type PmmClient } from '#libs/client';
import type { Basis, Kind, MindEvent } from '#libs/contracts';
import { emitterOf } from './emitters';
import { referencesOf, type Reference } from './references';

export interface Cause {
  role: string;
  event: MindEvent;
}
export interface Explanation {
  event: MindEvent;
  service: string;
  rule: string;
  /** Oldest first, each event once. */
  causes: Cause[];
  /** What the rule saw; null when a caller or an import wrote the event. */
  basis: Basis | null;
}

const PAGE = 500;
/** How far back an opening or a user's message is looked for. */
const PAGES = 20;

/** An event, who wrote it, and the earlier events that it came from. @throws PmmError `not_found` */
export async function explainEvent(client: PmmClient, mind: string, position: number): Promise<Explanation> {
  const event = await eventAt(client, mind, position);
  if (!event) {
    throw new PmmError('not_found', `${mind} has no event #${position}`, { retryable: false });
  }
  const { basis } = await client.why(mind, position);
  const { service, rule, after } = emitterOf(event);
  const named = referencesOf(event).map((reference) => resolve(client, mind, event, reference));
  const latest = after.map((kind) => latestBefore(client, mind, event, kind));
  const found = (await Promise.all([...named, ...latest])).filter((cause) => cause !== null);
  return { event, service, rule, causes: once(found), basis };
}

async function resolve(
  client: PmmClient,
  mind: string,
  event: MindEvent,
  reference: Reference,
): Promise<Cause | null> {
  const { role } = reference;
  const cause =
    'position' in reference
      ? await eventAt(client, mind, reference.position)
      : 'cid' in reference
        ? await findBefore(client, mind, event, { kind: 'commitment_open', key: 'cid', value: reference.cid })
        : await findBefore(client, mind, event, {
            kind: 'user_message',
            key: 'turnId',
            value: reference.turnId,
          });
  return cause ? { role, event: cause } : null;
}

async function eventAt(client: PmmClient, mind: string, position: number): Promise<MindEvent | undefined> {
  const { events } = await client.events(mind, { after: position - 1, limit: 1 });
  return events[0];
}

async function latestBefore(
  client: PmmClient,
  mind: string,
  event: MindEvent,
  kind: Kind,
): Promise<Cause | null> {
  if (event.position === 1) return null;
  const page = await client.events(mind, { kind, after: event.position, limit: 1, order: 'desc' });
  const cause = page.events[0];
  return cause ? { role: `latest ${kind}`, event: cause } : null;
}

/** The latest event of a kind before another one whose meta has this value. */
async function findBefore(
  client: PmmClient,
  mind: string,
  event: MindEvent,
  wanted: { kind: Kind; key: string; value: string },
): Promise<MindEvent | null> {
  let after: number | undefined = event.position;
  for (let page = 0; page < PAGES && after !== undefined && after > 1; page++) {
    const reply = await client.events(mind, { kind: wanted.kind, after, limit: PAGE, order: 'desc' });
    const found = reply.events.find(({ meta }) => meta[wanted.key] === wanted.value);
    if (found) return found;
    after = reply.next;
  }
  return null;
}

function once(causes: readonly Cause[]): Cause[] {
  const byPosition = new Map<number, Cause>();
  for (const cause of causes) {
    const known = byPosition.get(cause.event.position);
    byPosition.set(cause.event.position, known ? { ...known, role: `${known.role}, ${cause.role}` } : cause);
  }
  return [...byPosition.values()].sort((a, b) => a.event.position - b.event.position);
}
