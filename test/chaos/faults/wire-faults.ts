import { pause } from '#deploy/local/waiting';
import type { Random } from '../random';
import type { HeardBatch } from '../stage/alarm-ear';
import type { ModelMood } from '../stage/scripted-model';
import type { Stage } from '../stage/stage';
import type { TcpProxy } from '../stage/tcp-proxy';
import type { Effect } from './fault-kinds';

const ROUNDS = 10;
const ROUND_MS = 200;

/** Some connections or all of them, and for a moment no new ones. */
export async function cut(proxy: TcpProxy, random: Random): Promise<Effect> {
  const share = random.pick([0.3, 1]);
  const ms = random.between(0, 2_500);
  const before = proxy.refused;
  proxy.refusing = true;
  const count = proxy.cut(() => random.chance(share));
  await pause(ms);
  proxy.refusing = false;
  const refused = proxy.refused - before;
  const about = `${count} connections, and ${refused} new ones in ${ms} ms`;
  return { about, isReal: count + refused > 0 };
}

export async function delay(proxy: TcpProxy, random: Random): Promise<Effect> {
  const before = proxy.delayed;
  const ms = (proxy.delayMs = random.between(20, 200));
  await pause(random.between(2_000, 5_000));
  proxy.delayMs = 0;
  const pieces = proxy.delayed - before;
  return { about: `${pieces} pieces by ${ms} ms each way`, isReal: pieces > 0 };
}

export async function modelMood({ model }: Stage, random: Random, mood: ModelMood): Promise<Effect> {
  const before = model.asked[mood];
  model.mood = mood;
  const ms = random.between(3_000, 7_000);
  await pause(ms);
  model.mood = 'answers';
  const asked = model.asked[mood] - before;
  return { about: `for ${ms} ms, asked ${asked} times`, isReal: asked > 0 };
}

/** Each of the latest batches again, in their order, some of them more than once. */
export async function batchesDoubled({ ear }: Stage, random: Random): Promise<Effect> {
  let count = 0;
  for (let round = 0; round < ROUNDS; round++) {
    for (const batch of ear.batches.slice(-40)) {
      for (let copies = random.between(1, 2); copies > 0; copies--, count++)
        ear.publish(batch.subject, batch.data);
    }
    await pause(ROUND_MS);
  }
  return { about: `${count} copies`, isReal: count > 0 };
}

interface Batch {
  from: number;
  to: number;
  prevHash: string | null;
  headHash: string;
  events: { position: number; hash: string; prevHash: string | null }[];
}

/** The latest batches in any order, and their halves, the later one first: another split of the same log. */
export async function batchesReordered({ ear }: Stage, random: Random): Promise<Effect> {
  let count = 0;
  for (let round = 0; round < ROUNDS; round++) {
    const pieces = ear.batches
      .slice(-60)
      .flatMap((batch) => (random.chance(0.3) ? halvesOf(batch) : [batch]));
    for (const { subject, data } of random.shuffled(pieces)) {
      ear.publish(subject, data);
      count++;
    }
    await pause(ROUND_MS);
  }
  return { about: `${count} batches`, isReal: count > 0 };
}

function halvesOf(heard: HeardBatch): HeardBatch[] {
  const batch = JSON.parse(Buffer.from(heard.data).toString()) as Batch;
  if (batch.events.length < 2) return [heard];
  const middle = Math.floor(batch.events.length / 2);
  return [batch.events.slice(0, middle), batch.events.slice(middle)].map((events) => {
    const [first, last] = [events[0], events.at(-1)];
    if (!first || !last) throw new RangeError('a half without events');
    const half = {
      ...batch,
      from: first.position,
      to: last.position,
      prevHash: first.prevHash,
      headHash: last.hash,
      events,
    };
    return { subject: heard.subject, data: Buffer.from(JSON.stringify(half)) };
  });
}
