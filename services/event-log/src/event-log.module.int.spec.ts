import { randomUUID } from 'node:crypto';
import {
  BATCH_VERSION,
  shardOf,
  subjects,
  type Appended,
  type AppendReply,
  type Batch,
  type ExportReply,
  type ImportReply,
  type MindInfo,
  type MindsReply,
  type VerifyReply,
} from '#libs/contracts';
import { linkFault } from '#libs/kernel';
import { withServers, type Servers } from '#test/support/servers';
import { goldenText } from '../test/ledgers';
import { startMember, type Member } from '../test/member';
import { note } from '../test/rig';
import { migrate } from './adapters/postgres/database';

jest.setTimeout(120_000);

const SHARDS = 8;
let servers: Servers;
let environment: Record<string, string>;
let members: Member[];
/** Asks, and does nothing else. */
let client: Member;

beforeAll(async () => {
  servers = await withServers();
  environment = {
    PMM_NATS_URL: servers.natsUrl,
    PMM_POSTGRES_URL: servers.postgresUrl,
    PMM_SHARDS: String(SHARDS),
  };
  await migrate(servers.postgresUrl, SHARDS);
  members = await Promise.all([startMember(environment), startMember(environment)]);
  client = members[0] as Member;
  await settled();
});
afterAll(async () => {
  for (const member of members ?? []) await member.close();
  await servers?.stop();
});

/** Members that start together both own some shards for a moment. */
async function settled(): Promise<void> {
  for (let tries = 0; members.flatMap(({ ownership }) => ownership.owned()).length !== SHARDS; tries++) {
    if (tries > 100) throw new Error('the members do not agree on their shards');
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

const create = (mind: string): Promise<MindInfo> =>
  client.requests.ask('event-log', mind, 'create', { mind });

/** What the coordinator does: reads each announced span once and broadcasts it once. */
function startBroadcasting(): { batches: Batch[]; stop: () => void } {
  const batches: Batch[] = [];
  const done = new Map<string, number>();
  const onAppended = async (shard: number, { spans }: Appended) => {
    const ranges = spans.map(({ mind, from }) => ({ mind, after: done.get(mind) ?? from - 1 }));
    const { minds } = await client.logClient.gather(shard, { ranges, purpose: 'broadcast' });
    for (const { mind, events: read } of minds) {
      const events = read.filter(({ position }) => position > (done.get(mind) ?? 0));
      const [first, last] = [events[0], events.at(-1)];
      if (!first || !last) continue;
      done.set(mind, last.position);
      const batch: Batch = {
        ...{ v: BATCH_VERSION, mind, from: first.position, to: last.position },
        ...{ prevHash: first.prevHash, headHash: last.hash, events },
      };
      batches.push(batch);
      client.link.publish(subjects.batch(shard, mind), batch);
    }
  };
  const subscriptions = Array.from({ length: SHARDS }, (_, shard) =>
    client.link.subscribe(subjects.appended(shard), (message) => void onAppended(shard, message.json())),
  );
  return { batches, stop: () => subscriptions.forEach((subscription) => subscription.unsubscribe()) };
}

const counter = async (name: string): Promise<number> => {
  const counts = await Promise.all(members.map(({ metrics }) => metrics.counters()));
  return counts.reduce((sum, one) => sum + (one[name] ?? 0), 0);
};

describe('event-log over NATS', () => {
  it('shares its shards among its members', () => {
    const owned = members.flatMap(({ ownership }) => ownership.owned());
    expect([...owned].sort()).toEqual(Array.from({ length: SHARDS }, (_, shard) => shard));
  });

  it('answers every verb with plain JSON, and every refusal with a code', async () => {
    const mind = 'verbs';
    expect(await create(mind)).toMatchObject({ id: mind, head: { position: 0, hash: null } });
    await expect(create(mind)).rejects.toMatchObject({ code: 'mind_exists' });
    const event = note('hello');
    const reply = await client.logClient.append({ mind, events: [event] });
    expect(reply).toMatchObject({ from: 1, to: 1, duplicate: false });
    expect(await client.logClient.append({ mind, events: [event] })).toEqual({ ...reply, duplicate: true });
    const conflict = client.logClient.append({ mind, events: [note('more')], expectedPosition: 0 });
    await expect(conflict).rejects.toMatchObject({
      code: 'version_conflict',
      head: { position: 1, hash: reply.headHash },
    });
    expect((await client.logClient.read({ mind, purpose: 'query' })).events).toMatchObject([
      { content: 'hello' },
    ]);
    expect((await client.logClient.byIds({ mind, ids: [event.id], purpose: 'query' })).events).toHaveLength(
      1,
    );
    const shard = shardOf(mind, SHARDS);
    expect(await client.logClient.heads({ shard })).toEqual({
      heads: [{ mind, position: 1, hash: reply.headHash }],
    });
    expect(await client.logClient.mind(mind)).toMatchObject({ head: { position: 1 } });
    const ask = <T>(verb: string, payload: object) =>
      client.requests.ask<T>('event-log', mind, verb, payload);
    expect(await ask<VerifyReply>('verify', { mind })).toMatchObject({ ok: true, events: 1 });
    expect(await ask('verify', { mind, position: 1, hash: reply.headHash })).toEqual({ matches: true });
    expect((await ask<ExportReply>('export', { mind })).text.split('\n')).toHaveLength(3);
    expect(await ask<MindInfo>('archive', { mind, archived: true })).toMatchObject({
      archivedAt: expect.any(String),
    });
    expect(await client.requests.askAny<MindsReply>('event-log', 'minds', {})).toMatchObject({
      minds: [{ id: mind }],
    });
    expect(await client.requests.askAny('event-log', 'info', {})).toEqual({ shards: SHARDS });
    await expect(ask('read', { mind, purpose: 'query', limit: 100_000 })).rejects.toMatchObject({
      code: 'invalid_request',
    });
    await expect(ask('read', { mind, purpose: 'query', after: -1 })).rejects.toMatchObject({
      code: 'invalid_request',
    });
    await expect(ask('append', { mind, events: [] })).rejects.toMatchObject({ code: 'invalid_request' });
    await expect(ask('append', { mind, events: [{ ...note('x'), id: 'x' }] })).rejects.toMatchObject({
      code: 'invalid_request',
    });
  });

  it('imports in chunks over the wire', async () => {
    await create('imported');
    const text = goldenText('ledger-6.jsonl');
    const session = randomUUID();
    const send = (seq: number, from: number, to?: number) =>
      client.requests.ask<ImportReply>('event-log', 'imported', 'import', {
        ...{ mind: 'imported', session, seq, text: text.slice(from, to) },
        ...(to === undefined ? { last: true } : {}),
      });
    expect(await send(0, 0, 60_000)).toMatchObject({ done: false, format: '2025-10' });
    expect(await send(1, 60_000)).toMatchObject({ done: true, events: 313 });
    expect((await client.logClient.mind('imported')).importedTo).toBe(313);
  });

  it('reads nothing from Postgres for what is broadcast at once, and announces it only once', async () => {
    const feed = startBroadcasting();
    const minds = Array.from({ length: 10 }, (_, n) => `steady-${n}`);
    for (const mind of minds) await create(mind);
    // What earlier tests left is broadcast first.
    await new Promise((resolve) => setTimeout(resolve, 5_500));
    const before = await counter('pmm_log_reads_total{purpose="broadcast",source="postgres"}');
    for (let n = 0; n < 20; n++)
      await Promise.all(minds.map((mind) => client.logClient.append({ mind, events: [note(`n${n}`)] })));
    await new Promise((resolve) => setTimeout(resolve, 600));
    expect(await counter('pmm_log_reads_total{purpose="broadcast",source="postgres"}')).toBe(before);
    for (const mind of minds) {
      const positions = feed.batches.filter((batch) => batch.mind === mind).flatMap(({ events }) => events);
      expect(positions.map(({ position }) => position)).toEqual(Array.from({ length: 20 }, (_, i) => i + 1));
    }
    const count = feed.batches.length;
    await new Promise((resolve) => setTimeout(resolve, 600));
    expect(feed.batches).toHaveLength(count);
    feed.stop();
  });

  it('announces again what no batch has shown', async () => {
    const mind = 'unheard';
    await create(mind);
    const heard: Appended[] = [];
    const subscription = client.link.subscribe(subjects.appended(shardOf(mind, SHARDS)), (message) =>
      heard.push(message.json<Appended>()),
    );
    await client.logClient.append({ mind, events: [note('one')] });
    await new Promise((resolve) => setTimeout(resolve, 1_200));
    const about = heard.filter(({ spans }) => spans.some((span) => span.mind === mind));
    expect(about[0]).not.toHaveProperty('again');
    expect(about.slice(1).every(({ again }) => again)).toBe(true);
    expect(about.length).toBeGreaterThanOrEqual(3);
    subscription.unsubscribe();
  });

  it('keeps one chain while members come and go', async () => {
    const mind = 'moving';
    await create(mind);
    const acknowledged = new Map<string, AppendReply>();
    let stop = false;
    const writer = async () => {
      while (!stop) {
        const event = note('e');
        for (let done = false; !done;) {
          try {
            acknowledged.set(event.id, await client.logClient.append({ mind, events: [event] }));
            done = true;
          } catch (error) {
            expect(error).toMatchObject({ retryable: true });
          }
        }
      }
    };
    const writers = [1, 2, 3, 4].map(writer);
    const pause = () => new Promise((resolve) => setTimeout(resolve, 700));
    await pause();
    const third = await startMember(environment);
    await pause();
    await third.close();
    await pause();
    const leaving = members.splice(1, 1);
    for (const member of leaving) await member.close();
    await pause();
    stop = true;
    await Promise.all(writers);
    const events = [];
    for (let after: number | undefined = 0; after !== undefined;) {
      const page: Awaited<ReturnType<typeof client.logClient.read>> = await client.logClient.read({
        mind,
        after,
        purpose: 'query',
      });
      events.push(...page.events);
      after = page.next;
    }
    let previous: { position: number; hash: string | null } = { position: 0, hash: null };
    for (const event of events) {
      expect(linkFault(event, previous)).toBeNull();
      previous = event;
    }
    expect(events.map(({ id }) => id).sort()).toEqual([...acknowledged.keys()].sort());
    for (const { id, position } of events) expect(acknowledged.get(id)?.from).toBe(position);
    expect(events.length).toBeGreaterThan(100);
  });
});
