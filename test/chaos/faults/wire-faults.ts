import { pause } from '#deploy/local/waiting';
import type { Random } from '../random';
import type { HeardBatch } from '../stage/alarm-ear';
import type { ModelMood } from '../stage/scripted-model';
import type { Stage } from '../stage/stage';
import type { TcpProxy } from '../stage/tcp-proxy';

/** Some connections or all of them, and for a moment no new ones. */
export async function cut(proxy: TcpProxy, random: Random): Promise<string> {
  const share = random.pick([0.3, 1]);
  const ms = random.between(0, 2_500);
  proxy.refusing = true;
  const count = proxy.cut(() => random.chance(share));
  await pause(ms);
  proxy.refusing = false;
  return `${count} connections, none new for ${ms} ms`;
}

export async function delay(proxy: TcpProxy, random: Random): Promise<string> {
  proxy.delayMs = random.between(20, 200);
  const text = `by ${proxy.delayMs} ms each way`;
  await pause(random.between(2_000, 5_000));
  proxy.delayMs = 0;
  return text;
}

export async function modelMood({ model }: Stage, random: Random, mood: ModelMood): Promise<string> {
  model.mood = mood;
  const ms = random.between(3_000, 7_000);
  await pause(ms);
  model.mood = 'answers';
  return `for ${ms} ms`;
}

/** Each of the latest batches again, in their order, some of them more than once. */
export async function batchesDoubled({ ear }: Stage, random: Random): Promise<string> {
  let count = 0;
  for (let round = 0; round < 10; round++) {
    for (const batch of ear.batches.slice(-40)) {
      for (let copies = random.between(1, 2); copies > 0; copies--, count++)
        ear.publish(batch.subject, batch.data);
    }
    await pause(200);
  }
  return `${count} copies`;
}

interface Batch {
  from: number;
  to: number;
  prevHash: string | null;
  headHash: string;
  events: { position: number; hash: string; prevHash: string | null }[];
}

/** The latest batches in any order, and their halves, the later one first: another split of the same log. */
export async function batchesReordered({ ear }: Stage, random: Random): Promise<string> {
  let count = 0;
  for (let round = 0; round < 10; round++) {
    const pieces = ear.batches
      .slice(-60)
      .flatMap((batch) => (random.chance(0.3) ? halvesOf(batch) : [batch]));
    for (const { subject, data } of random.shuffled(pieces)) {
      ear.publish(subject, data);
      count++;
    }
    await pause(200);
  }
  return `${count} batches`;
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
