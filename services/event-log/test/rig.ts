import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { Client } from 'pg';
import type { MindEvent, NewEvent, ReadReply, Span } from '#libs/contracts';
import { systemClock, type Clock } from '#libs/kernel';
import { migrate } from '../src/adapters/postgres/database';
import { composeEventLog, type EventLog, type EventLogOptions } from '../src/compose';

/** An event-log on a real database, with all that it says and counts kept for the test. */
export interface Rig extends EventLog {
  announced: { shard: number; spans: readonly Span[]; again: boolean }[];
  counts: Map<string, number>;
  warnings: string[];
}

export const SHARDS = 8;
/** Threads run what was compiled, as they know nothing of Jest. */
const PROOF_FILE = join(process.cwd(), 'dist/services/event-log/src/adapters/postgres/proof.worker.js');

/** Composes one more replica on a database that is migrated already. */
export async function openReplica(postgresUrl: string, options: Partial<EventLogOptions> = {}): Promise<Rig> {
  const announced: Rig['announced'] = [];
  const counts = new Map<string, number>();
  const warnings: string[] = [];
  const count = (name: string, by = 1) => counts.set(name, (counts.get(name) ?? 0) + by);
  const eventLog = await composeEventLog({
    ...{ postgresUrl, shards: SHARDS, tailBytes: 8 * 1024 * 1024, clock: systemClock as Clock },
    proofFile: PROOF_FILE,
    meter: {
      read: (purpose, source) => count(`read ${purpose} ${source}`),
      appended: (result) => count(`append ${result}`),
      committed: (events) => (count('commits'), count('events', events)),
      judged: (cause) => count(`judged ${cause}`),
    },
    publish: (shard, spans, again) => announced.push({ shard, spans, again }),
    owns: () => true,
    warn: (message) => warnings.push(message),
    ...options,
  });
  return { ...eventLog, announced, counts, warnings };
}

/** A migrated database with one event-log on it. */
export async function openRig(postgresUrl: string, options: Partial<EventLogOptions> = {}): Promise<Rig> {
  await migrate(postgresUrl, options.shards ?? SHARDS);
  return openReplica(postgresUrl, options);
}

/** A user's own event, whose id is new unless given. */
export const note = (content: string, id: string = randomUUID()): NewEvent => ({
  ...{ id, kind: 'x.note', content },
  meta: { n: content.length },
});

/** A deadline that no test reaches. */
export const soon = (): number => Date.now() + 60_000;

export const append = (log: EventLog, mind: string, events: NewEvent[], expectedPosition?: number) =>
  log.appender.append(
    { mind, events, ...(expectedPosition === undefined ? {} : { expectedPosition }) },
    soon(),
  );

export async function readAll(log: EventLog, mind: string): Promise<MindEvent[]> {
  const events: MindEvent[] = [];
  for (let after: number | undefined = 0; after !== undefined;) {
    const reply = JSON.parse(await log.reads.read({ mind, after, purpose: 'query' })) as ReadReply;
    events.push(...reply.events);
    after = reply.next;
  }
  return events;
}

/** Runs statements as the URL's role, without any guard of event-log. */
export async function asOwner<T>(postgresUrl: string, work: (client: Client) => Promise<T>): Promise<T> {
  const client = new Client({ connectionString: postgresUrl });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}
