import { setTimeout as sleep } from 'node:timers/promises';
import { PmmError, type PmmClient } from '#libs/client';

const QUIET_MS = 250;
const LIMIT_MS = 30_000;

/**
 * Waits until every service has folded a mind's log up to its head, and the head has not moved for a while.
 * @returns the head, and the time (of `performance.now`) at which all of it was seen folded
 * @throws PmmError `timeout`
 */
export async function settle(client: PmmClient, mind: string): Promise<{ head: number; settledAt: number }> {
  const giveUpAt = performance.now() + LIMIT_MS;
  let head = (await client.mind(mind)).head.position;
  while (performance.now() < giveUpAt) {
    await client.digests(mind, { minPosition: head });
    const settledAt = performance.now();
    await sleep(QUIET_MS);
    const now = (await client.mind(mind)).head.position;
    if (now === head) return { head, settledAt };
    head = now;
  }
  throw new PmmError('timeout', `${mind} does not come to rest`, { retryable: true });
}
