import { createHash, hash } from 'node:crypto';
import { finished } from 'node:stream/promises';
import { Client, escapeLiteral } from 'pg';
import { to as copyTo } from 'pg-copy-streams';
import type { VerifyReply } from '#libs/contracts';
import type { BenchClient } from '../rig/bench-client';
import { rawSelect } from '../rig/raw-select';
import type { Bench } from '../runner/bench';
import { atLeast } from '../runner/figure';
import { timed } from '../runner/repeat';
import { pairedRatio, summarize } from '../runner/statistics';

/** The whole chain proved by event-log, beside the bare hashing of what is stored. */
export const verifyBench: Bench = {
  name: 'verify',
  about: 'verification of a whole log, beside SHA-256 over the same stored bytes',
  run: async ({ rig, quick }) => {
    const events = quick ? 10_000 : 1_000_000;
    const mind = await rig.mind(events);
    const client = await rig.services({ names: ['event-log'] });
    const [ours, theirs, once, received]: [number[], number[], number[], number[]] = [[], [], [], []];
    for (let round = 0; round < 3; round++) {
      ours.push((1000 * events) / (await timed(() => verifyAll(client, mind, events))));
      const hashed = await hashAll(rig.postgresUrl, mind);
      theirs.push((1000 * events) / hashed.eachMs);
      once.push((1000 * events) / hashed.atOnceMs);
      received.push((1000 * events) / (await timed(() => receiveAll(rig.postgresUrl, mind))));
    }
    const ratio = pairedRatio(ours, theirs);
    return [
      {
        name: `verification of ${events} events`,
        value: { ...summarize(ours), p99: undefined, unit: 'events/s' },
        yardstick: {
          ...summarize(theirs),
          p99: undefined,
          name: 'SHA-256, event by event',
          unit: 'events/s',
        },
        ratio,
        target: atLeast(ratio, 0.3),
        note:
          `ratio to one SHA-256 over all of the bytes without a stop: ${pairedRatio(ours, once).toFixed(2)}; ` +
          `COPY of hash and body alone, thrown away as it comes: ${pairedRatio(received, theirs).toFixed(2)} of SHA-256, ` +
          `so that verification is ${pairedRatio(ours, received).toFixed(2)} of what any proof could reach`,
      },
    ];
  },
};

async function verifyAll(client: BenchClient, mind: string, events: number): Promise<void> {
  let [from, seen] = [1, 0];
  for (;;) {
    const reply = await client.ask<VerifyReply>('event-log', mind, 'verify', { from });
    if (!reply.ok) throw new Error(`${mind} fails its verification: ${JSON.stringify(reply.firstBad)}`);
    seen += reply.events;
    if (reply.next === undefined) break;
    from = reply.next;
  }
  if (seen < events) throw new Error(`${seen} events were verified instead of ${events}`);
}

/** The least that any verification has to receive. */
async function receiveAll(url: string, mind: string): Promise<void> {
  const client = new Client({ connectionString: url });
  await client.connect();
  const select = `SELECT hash, body FROM events WHERE mind = ${escapeLiteral(mind)} ORDER BY position`;
  const copy = client.query(copyTo(`COPY (${select}) TO STDOUT (FORMAT binary)`));
  await finished(copy.resume());
  await client.end();
}

/** Milliseconds in SHA-256 alone: the bytes are in memory already. */
async function hashAll(url: string, mind: string): Promise<{ eachMs: number; atOnceMs: number }> {
  const whole = createHash('sha256');
  let [eachMs, atOnceMs] = [0, 0];
  for await (const page of rawSelect(url, mind)) {
    const bodies = page.map(({ body }) => Buffer.from(body));
    eachMs += await timed(() => {
      for (const body of bodies) hash('sha256', body, 'hex');
    });
    atOnceMs += await timed(() => {
      for (const body of bodies) whole.update(body);
    });
  }
  return { eachMs, atOnceMs };
}
