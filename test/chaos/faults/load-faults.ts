import type { Client } from 'pg';
import { withClient } from '#deploy/local/postgres-client';
import { newAppend } from '../load/deeds';
import type { Load } from '../load/load';
import type { Random } from '../random';
import type { Effect } from './fault-kinds';
import { pausedFor, pidsOf } from './process-faults';
import { chainRow, insertRow, lastRow } from './second-writer';
import type { Stage } from '../stage/stage';

/** Requests that a gateway takes at once, by its description in `docs/operations.md`. */
const PLACES_OF_A_GATEWAY = 200;
const TIMES_TOO_MANY = 2;
/** Shorter than what makes a member count as gone. */
const HELD_MS = 1_500;

/**
 * Far more at once than all gateways take, while every event-log stands still: requests stay in the queues, and what does
 * not fit is `busy`. All of it is written down, as any other append.
 */
export async function fullQueues(stage: Stage, load: Load, random: Random): Promise<Effect> {
  const atOnce = stage.gateways.length * PLACES_OF_A_GATEWAY * TIMES_TOO_MANY;
  const held = pidsOf(stage, 'event-log').map(([, pid]) => pausedFor(pid, HELD_MS));
  const burst = Array.from({ length: atOnce }, () => {
    const client = random.pick(load.clients);
    return client.act(newAppend(random, client));
  });
  const outcomes = await Promise.all(burst);
  await Promise.all(held);
  const busy = outcomes.reduce((sum, outcome) => sum + outcome.busy, 0);
  return { about: `${atOnce} appends at once, ${busy} answers were busy`, isReal: busy > 0 };
}

/** A second writer that would fork a chain or give an id twice: the database itself has to refuse it. */
export async function forkAttempt(stage: Stage, load: Load, random: Random): Promise<Effect> {
  const { mind } = random.pick(load.clients);
  try {
    return await withClient(stage.servers.postgresUrl, (client) => forgeRows(client, mind, random));
  } catch (error) {
    // Under load the database may not let us in in time.
    return { about: `${mind}: ${String(error)}`, isReal: false };
  }
}

async function forgeRows(client: Client, mind: string, random: Random): Promise<Effect> {
  const last = await lastRow(client, mind);
  if (!last || last.position < 2) return { about: `${mind} is too short`, isReal: false };
  const results: string[] = [];
  for (const forged of [
    chainRow({ ...last, position: last.position - 1 }, random.uuid(), 'a position twice'),
    chainRow({ ...last, hash: last.prevHash ?? last.hash }, random.uuid(), 'a successor twice'),
    chainRow(last, last.id, 'an id twice'),
  ])
    results.push(await insertRow(client, forged));
  return { about: `${mind}: ${results.join(', ')}`, isReal: true };
}
