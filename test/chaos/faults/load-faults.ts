import { withClient } from '#deploy/local/postgres-client';
import { newAppend } from '../load/deeds';
import type { Load } from '../load/load';
import type { Random } from '../random';
import { chainRow, insertRow, lastRow } from './second-writer';
import type { Stage } from '../stage/stage';

const AT_ONCE = 400;

/** Far more at once than the gateways take; all of it is written down, as any other append. */
export async function fullQueues(load: Load, random: Random): Promise<string> {
  const burst = Array.from({ length: AT_ONCE }, () => {
    const client = random.pick(load.clients);
    return client.act(newAppend(random, client));
  });
  const outcomes = await Promise.all(burst);
  const busy = outcomes.reduce((sum, outcome) => sum + outcome.busy, 0);
  return `${AT_ONCE} appends at once, ${busy} answers were busy`;
}

/** A second writer that would fork a chain or give an id twice: the database itself has to refuse it. */
export async function forkAttempt(stage: Stage, load: Load, random: Random): Promise<string> {
  const { mind } = random.pick(load.clients);
  return withClient(stage.servers.postgresUrl, async (client) => {
    const last = await lastRow(client, mind);
    if (!last || last.position < 2) return `${mind} is too short`;
    const results: string[] = [];
    for (const forged of [
      chainRow({ ...last, position: last.position - 1 }, random.uuid(), 'a position twice'),
      chainRow({ ...last, hash: last.prevHash ?? last.hash }, random.uuid(), 'a successor twice'),
      chainRow(last, last.id, 'an id twice'),
    ])
      results.push(await insertRow(client, forged));
    return `${mind}: ${results.join(', ')}`;
  });
}
