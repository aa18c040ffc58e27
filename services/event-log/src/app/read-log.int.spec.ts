import type {
  GatherReply,
  HeadsReply,
  IdsReply,
  MindEvent,
  NewEvent,
  ReadReply,
  ReadRequest,
} from '#libs/contracts';
import { hashEvent, systemClock } from '#libs/kernel';
import { waitUntil } from '#deploy/local/waiting';
import { withServers, type Servers } from '#test/support/servers';
import { append, note, openReplica, openRig, SHARDS, type Rig } from '../../test/rig';
import { shardOf } from '#libs/contracts';

jest.setTimeout(60_000);

let servers: Servers;
let log: Rig;
const replicas: Rig[] = [];

beforeAll(async () => {
  servers = await withServers({ nats: false });
  log = await openRig(servers.postgresUrl);
});
afterAll(async () => {
  await Promise.all([...replicas, log].map((rig) => rig?.close()));
  await servers?.stop();
});

const read = async (from: Rig, request: Omit<ReadRequest, 'purpose'>): Promise<ReadReply> =>
  JSON.parse(await from.reads.read({ ...request, purpose: 'query' })) as ReadReply;

const kinds = ['x.a', 'x.b', 'x.c'];
const events: NewEvent[] = Array.from({ length: 30 }, (_, n) => ({
  ...note(`n${n} é`),
  kind: kinds[n % 3] ?? '',
}));

describe.each(['memory', 'postgres', 'both'])('reads answered from %s', (source) => {
  const mind = `from-${source}`;
  let rig: Rig;

  beforeAll(async () => {
    rig = await openReplica(servers.postgresUrl);
    replicas.push(rig);
    await rig.minds.create({ mind });
    await append(rig, mind, events.slice(0, 20));
    if (source === 'both') rig.tails.drop(mind);
    await append(rig, mind, events.slice(20));
    if (source === 'postgres') rig.tails.drop(mind);
  });

  const positions = async (request: Omit<ReadRequest, 'purpose' | 'mind'>) => {
    const reply = await read(rig, { mind, ...request });
    return { positions: reply.events.map(({ position }) => position), next: reply.next };
  };
  const range = (from: number, to: number) =>
    Array.from({ length: Math.abs(to - from) + 1 }, (_, i) => (from < to ? from + i : from - i));

  it('come in order, whole, with the head', async () => {
    const reply = await read(rig, { mind });
    expect(reply.events.map(({ content }) => content)).toEqual(events.map(({ content }) => content));
    for (const { hash, ...event } of reply.events) expect(hashEvent(event)).toBe(hash);
    expect(reply.head).toEqual({ position: 30, hash: reply.events[29]?.hash });
    expect(reply.importedTo).toBe(0);
    expect(reply).not.toHaveProperty('next');
  });

  it('follow a cursor in both directions', async () => {
    expect(await positions({ after: 3, limit: 4 })).toEqual({ positions: range(4, 7), next: 7 });
    expect(await positions({ after: 25, limit: 5 })).toEqual({ positions: range(26, 30), next: undefined });
    expect(await positions({ after: 25, limit: 4 })).toEqual({ positions: range(26, 29), next: 29 });
    expect(await positions({ after: 30 })).toEqual({ positions: [], next: undefined });
    expect(await positions({ after: 31 })).toEqual({ positions: [], next: undefined });
    expect(await positions({ order: 'desc', limit: 4 })).toEqual({ positions: range(30, 27), next: 27 });
    expect(await positions({ order: 'desc', after: 27, limit: 4 })).toEqual({
      positions: range(26, 23),
      next: 23,
    });
    expect(await positions({ order: 'desc', after: 3, limit: 4 })).toEqual({
      positions: [2, 1],
      next: undefined,
    });
    expect(await positions({ order: 'desc', after: 1 })).toEqual({ positions: [], next: undefined });
    expect(await positions({ order: 'desc', after: 99, limit: 1 })).toEqual({ positions: [30], next: 30 });
    expect(await positions({ limit: 0 })).toEqual({ positions: [], next: undefined });
  });

  it('choose kinds', async () => {
    expect(await positions({ kinds: ['x.b'], limit: 3 })).toEqual({ positions: [2, 5, 8], next: 8 });
    expect(await positions({ kinds: ['x.b', 'x.c'], after: 26 })).toEqual({
      positions: [27, 29, 30],
      next: undefined,
    });
    expect(await positions({ kinds: ['x.c', 'x.a'], order: 'desc', limit: 3 })).toEqual({
      positions: [30, 28, 27],
      next: 27,
    });
    expect(await positions({ kinds: ['x.a'], order: 'desc', after: 5 })).toEqual({
      positions: [4, 1],
      next: undefined,
    });
    expect(await positions({ kinds: ['x.none'] })).toEqual({ positions: [], next: undefined });
  });

  it('find ids', async () => {
    const ids = [events[25]?.id, events[21]?.id, '00000000-0000-4000-8000-000000000000'].map(
      (id) => id ?? '',
    );
    const reply = JSON.parse(await rig.reads.byIds({ mind, ids, purpose: 'query' })) as IdsReply;
    expect(reply.events.map(({ position }) => position)).toEqual([22, 26]);
    expect(reply.head.position).toBe(30);
  });

  it('are counted by where they were answered', async () => {
    const before = new Map(rig.counts);
    await read(rig, { mind, after: 22 });
    const name = `read query ${source === 'postgres' ? 'postgres' : 'memory'}`;
    expect(rig.counts.get(name)).toBe((before.get(name) ?? 0) + 1);
    await read(rig, { mind, after: 2 });
    const whole = `read query ${source === 'memory' ? 'memory' : 'postgres'}`;
    expect((rig.counts.get(whole) ?? 0) - (before.get(whole) ?? 0)).toBe(source === 'both' ? 1 : 2);
  });
});

describe('reads', () => {
  it('end early at 900 KiB, never before one event, and say next', async () => {
    await log.minds.create({ mind: 'large' });
    for (let n = 0; n < 8; n++) await append(log, 'large', [note('é'.repeat(100_000))]);
    for (const drop of [false, true]) {
      if (drop) log.tails.drop('large');
      const seen: MindEvent[] = [];
      for (let after: number | undefined = 0; after !== undefined;) {
        const text = await log.reads.read({ mind: 'large', after, purpose: 'query' });
        expect(Buffer.byteLength(text)).toBeLessThan(900 * 1024);
        const page = JSON.parse(text) as ReadReply;
        expect(page.events.length).toBeGreaterThan(0);
        seen.push(...page.events);
        after = page.next;
      }
      expect(seen.map(({ position }) => position)).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
    }
  });

  it('of an unknown mind are refused', async () => {
    await expect(read(log, { mind: 'nobody' })).rejects.toMatchObject({ code: 'unknown_mind' });
  });

  it('gather the new events of many minds, as many as fit', async () => {
    for (const mind of ['g1', 'g2']) await log.minds.create({ mind });
    await append(log, 'g1', [note('one'), note('two')]);
    const gather = async (ranges: { mind: string; after: number }[]) =>
      (JSON.parse(await log.reads.gather({ ranges, purpose: 'broadcast' })) as GatherReply).minds;
    const [g1, g2, ...rest] = await gather([
      { mind: 'g1', after: 1 },
      { mind: 'nobody', after: 0 },
      { mind: 'g2', after: 0 },
    ]);
    expect(rest).toEqual([]);
    expect(g1).toMatchObject({ mind: 'g1', events: [{ position: 2 }], head: { position: 2 } });
    expect(g1?.prevHash).toBe(g1?.events[0]?.prevHash);
    expect(g2).toEqual({
      mind: 'g2',
      events: [],
      head: { position: 0, hash: null },
      prevHash: null,
      importedTo: 0,
    });
    const large = await gather([
      { mind: 'large', after: 0 },
      { mind: 'large', after: 4 },
      { mind: 'g1', after: 2 },
    ]);
    expect(large.map(({ events: found }) => found.length)).toEqual([4, 0, 0]);
    expect(large.map(({ head }) => head.position)).toEqual([8, 8, 2]);
    expect(large[2]?.prevHash).toBe(large[2]?.head.hash);
  });

  it('notice what another replica has written when somebody speaks of it', async () => {
    const other = await openReplica(servers.postgresUrl);
    replicas.push(other);
    await append(other, 'g2', [note('by the other one')]);
    expect((await read(log, { mind: 'g2' })).head.position).toBe(0);
    log.keeper.seenAppended({ spans: [{ mind: 'g2', from: 1, to: 1 }] });
    expect((await read(log, { mind: 'g2' })).events).toHaveLength(1);
    await append(other, 'g2', [note('and again')]);
    expect((await read(log, { mind: 'g2', after: 2 })).head.position).toBe(2);
  });
});

describe('heads', () => {
  it('are those of all minds of a shard with an event, page by page, from memory and from the database', async () => {
    const shard = 3;
    const mine = Array.from({ length: 200 }, (_, n) => `h${n}`).filter(
      (mind) => shardOf(mind, SHARDS) === shard,
    );
    for (const mind of mine) {
      await log.minds.create({ mind });
      if (mind !== mine[0]) await append(log, mind, [note('one')]);
    }
    const all = async (from: Rig) => {
      const heads: HeadsReply['heads'] = [];
      for (let after: string | undefined = ''; after !== undefined;) {
        const reply: HeadsReply = await from.heads.heads({ shard, limit: 7, ...(after ? { after } : {}) });
        heads.push(...reply.heads);
        after = reply.next;
      }
      return heads.filter(({ mind }) => mind.startsWith('h'));
    };
    const fromDatabase = await all(log);
    expect(fromDatabase.map(({ mind }) => mind)).toEqual([...mine.slice(1)].sort());
    await log.keeper.take(shard);
    expect(await all(log)).toEqual(fromDatabase);
    const some = await log.heads.heads({ shard, minds: [mine[0] ?? '', mine[1] ?? '', 'nobody'] });
    expect(some.heads).toEqual(fromDatabase.filter(({ mind }) => mind === mine[1]));
    const later = new Date(Date.now() + 60_000).toISOString();
    expect((await log.heads.heads({ shard, activeSince: later })).heads).toEqual([]);
  });

  it('of the minds with a recent event are announced when their shard is taken, with what was written shortly before', async () => {
    const later = async (seconds: number) => {
      const now = () => Date.now() + seconds * 1_000;
      const replica = await openReplica(servers.postgresUrl, { clock: { ...systemClock, now } });
      replicas.push(replica);
      return replica;
    };
    const announcedAfter = async (seconds: number) => {
      const fresh = await later(seconds);
      await fresh.keeper.take(shardOf('taken', SHARDS));
      await waitUntil(() => (fresh.announced.length > 0 ? true : undefined), { timeoutMs: 500 });
      return fresh.announced.flatMap(({ spans }) => spans);
    };
    await log.minds.create({ mind: 'taken' });
    await append(log, 'taken', [note('one'), note('two')]);
    const spans = await announcedAfter(0);
    expect(spans).toContainEqual({ mind: 'taken', from: 1, to: 2 });
    expect(spans.every(({ mind }) => shardOf(mind, SHARDS) === shardOf('taken', SHARDS))).toBe(true);
    const writer = await later(50);
    await append(writer, 'taken', [note('three')]);
    expect(await announcedAfter(60)).toContainEqual({ mind: 'taken', from: 3, to: 3 });
    await append(writer, 'taken', [note('four'), note('five'), note('six')]);
    expect(await announcedAfter(300)).toContainEqual({ mind: 'taken', from: 3, to: 6 });
    expect(await announcedAfter(1_000)).toEqual([]);
  });
});

describe('the list of minds', () => {
  it('creates a mind once, and pages through all', async () => {
    const info = await log.minds.create({ mind: 'a-mind', provider: 'echo', tickIntervalMs: 500 });
    expect(info).toMatchObject({
      id: 'a-mind',
      provider: 'echo',
      model: null,
      tickIntervalMs: 500,
      archivedAt: null,
    });
    expect(info).toMatchObject({ importedTo: 0, head: { position: 0, hash: null } });
    await expect(log.minds.create({ mind: 'a-mind' })).rejects.toMatchObject({ code: 'mind_exists' });
    expect(await log.minds.get('a-mind')).toEqual(info);
    const ids: string[] = [];
    for (let after: string | undefined = ''; after !== undefined;) {
      const page = await log.minds.list({ limit: 9, ...(after ? { after } : {}) });
      ids.push(...page.minds.map(({ id }) => id));
      after = page.next;
    }
    expect(ids).toEqual([...new Set(ids)].sort());
    expect(ids).toContain('a-mind');
    expect(await log.minds.list({ limit: 0 })).toEqual({ minds: [] });
  });

  it('keeps the first time of an archived mind', async () => {
    const first = await log.minds.archive({ mind: 'a-mind', archived: true });
    expect(first.archivedAt).toMatch(/^\d{4}-.*Z$/);
    expect(await log.minds.archive({ mind: 'a-mind', archived: true })).toEqual(first);
    expect((await log.minds.archive({ mind: 'a-mind', archived: false })).archivedAt).toBeNull();
    await expect(log.minds.archive({ mind: 'nobody', archived: true })).rejects.toMatchObject({
      code: 'unknown_mind',
    });
  });
});
