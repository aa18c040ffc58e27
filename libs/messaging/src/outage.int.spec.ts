import { BATCH_STREAM, MEMBER_BUCKET, SNAPSHOT_BUCKET, subjects } from '#libs/contracts';
import { withServers, type Servers } from '#test/support/servers';
import { SnapshotStore, type Snapshot } from './cache/snapshot-store';
import { Link } from './link';
import { Metrics } from './metrics';
import { BatchStream } from './stream';
import { TEST_SHARDS, testClient, testService, type TestService } from './testing/test-service';

let servers: Servers;
let client: Awaited<ReturnType<typeof testClient>>;
let member: TestService;

beforeAll(async () => {
  servers = await withServers({ postgres: false });
  client = await testClient(servers.natsUrl);
  member = await testService(servers.natsUrl);
}, 30_000);
afterAll(async () => {
  await member?.stop();
  await client?.link.close();
  await servers?.stop();
}, 30_000);

const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
async function until(condition: () => boolean | Promise<boolean>, limitMs = 15_000): Promise<void> {
  const end = Date.now() + limitMs;
  while (Date.now() < end && !(await condition())) await sleep(50);
  expect(await condition()).toBe(true);
}
const log = { info: () => undefined, warn: () => undefined, error: () => undefined };
const snapshot = (mind: string, state = '{"a":1}'): Snapshot => ({
  mind,
  foldVersion: 3,
  watermark: 42,
  headHash: 'a'.repeat(64),
  digest: 'b'.repeat(64),
  state,
});
const storeOf = (foldVersion = 3) => {
  const metrics = new Metrics({ service: 'projection', instance: 'x' });
  const { link } = client;
  return { metrics, store: new SnapshotStore({ service: 'projection', foldVersion, link, metrics, log }) };
};
const streams = async () => {
  const manager = await client.link.nc.jetstreamManager();
  const names: string[] = [];
  for await (const { config } of manager.streams.list()) names.push(config.name);
  return names.sort();
};
/** Text that gzip can't make smaller. */
const noise = (bytes: number) =>
  Array.from({ length: bytes / 6 }, () => Math.random().toString(36).slice(2, 8).padEnd(6, '0')).join('');

describe('snapshots', () => {
  it('come back as they were stored, the newest of each mind', async () => {
    const { store, metrics } = storeOf();
    expect(await store.get('ada')).toBeNull();
    expect(await store.put(snapshot('ada', '{"a":0}'))).toBe(true);
    expect(await store.put(snapshot('ada'))).toBe(true);
    expect(await store.put(snapshot('bob'))).toBe(true);
    expect(await store.get('ada')).toEqual(snapshot('ada'));
    expect(await storeOf().store.get('bob')).toEqual(snapshot('bob'));
    expect((await metrics.counters())['pmm_snapshots_total{result="stored"}']).toBe(3);
  });

  it('over 900 KiB are not stored, and counted', async () => {
    const { store, metrics } = storeOf();
    expect(await store.put(snapshot('cyd', noise(3_000_000)))).toBe(false);
    expect(await store.get('cyd')).toBeNull();
    expect((await metrics.counters())['pmm_snapshots_total{result="too_large"}']).toBe(1);
  });

  it('that are none of ours are as if absent', async () => {
    const { store } = storeOf();
    const kv = await client.link.nc.jetstream().views.kv(SNAPSHOT_BUCKET('projection'));
    for (const text of ['', 'no gzip', '{}']) {
      await kv.put('3.eve', text);
      expect(await store.get('eve')).toBeNull();
    }
    await kv.delete('3.eve');
    expect(await store.get('eve')).toBeNull();
  });
});

describe('snapshots of several fold versions', () => {
  const versioned = (foldVersion: number, mind: string) => ({ ...snapshot(mind), foldVersion });
  beforeEach(async () => {
    const manager = await client.link.nc.jetstreamManager();
    const name = `KV_${SNAPSHOT_BUCKET('projection')}`;
    if ((await streams()).includes(name)) await manager.streams.delete(name);
  });

  it('lie side by side', async () => {
    const [three, four] = [storeOf(3).store, storeOf(4).store];
    await three.put(versioned(3, 'ada'));
    expect(await four.get('ada')).toBeNull();
    await four.put(versioned(4, 'ada'));
    expect(await three.get('ada')).toEqual(versioned(3, 'ada'));
    expect(await four.get('ada')).toEqual(versioned(4, 'ada'));
  });

  it('tell which minds one version lacks, those of a store without versions too', async () => {
    const [three, four] = [storeOf(3).store, storeOf(4).store];
    expect(await four.behind()).toEqual([]);
    for (const mind of ['ada', 'bob']) await three.put(versioned(3, mind));
    for (const mind of ['bob', 'cyd']) await four.put(versioned(4, mind));
    const kv = await client.link.nc.jetstream().views.kv(SNAPSHOT_BUCKET('projection'));
    await kv.put('eve', 'of a time before there were versions');
    expect((await four.behind()).sort()).toEqual(['ada', 'eve']);
    expect((await three.behind()).sort()).toEqual(['cyd', 'eve']);
  });

  it('are dropped but for ours and those that were written last', async () => {
    const stores = [5, 3, 4, 6].map((version) => ({ version, store: storeOf(version).store }));
    for (const { version, store } of stores) await store.put(versioned(version, 'ada'));
    const kv = await client.link.nc.jetstream().views.kv(SNAPSHOT_BUCKET('projection'));
    await kv.put('eve', 'of a time before there were versions');
    await storeOf(4).store.put(versioned(4, 'bob'));
    await storeOf(6).store.dropOld();
    const manager = await client.link.nc.jetstreamManager();
    const { state } = await manager.streams.info(`KV_${SNAPSHOT_BUCKET('projection')}`, {
      subjects_filter: '>',
    });
    const keys = Object.keys(state.subjects ?? {}).map((subject) => subject.split('.').slice(2).join('.'));
    expect(keys.sort()).toEqual(['4.ada', '4.bob', '6.ada']);
    await storeOf(4).store.dropOld();
    expect(await storeOf(6).store.get('ada')).toEqual(versioned(6, 'ada'));
  });
});

describe('a NATS server', () => {
  it('that is not there is said so in one sentence, without the password', async () => {
    for (const url of ['nats://me:secret@127.0.0.1:1', 'nats://me:secret@:::']) {
      const refused = Link.connect({ url, name: 'test', patienceMs: 600, log });
      const error = (await refused.catch((reason: unknown) => reason)) as Error;
      expect(error).toMatchObject({ code: 'unavailable' });
      expect(error.message).toContain('check PMM_NATS_URL');
      expect(error.message).not.toContain('secret');
    }
  });

  it('is not asked without the credentials that were meant', async () => {
    const url = servers.natsUrl;
    await expect(Link.connect({ url, name: 'test', creds: '/no/such/file', log })).rejects.toMatchObject({
      message: expect.stringContaining('/no/such/file') as string,
    });
  });

  it('that was restarted is joined again, shards and all', async () => {
    let back = 0;
    client.link.onReconnect(() => (back += 1));
    await servers.restartNats();
    await until(() => back === 1 && member.link.state === 'connected');
    await until(() => member.ownership.alive());
    expect(member.ownership.owned()).toHaveLength(TEST_SHARDS);
    const reply = await client.requests.ask('projection', 'ada', 'echo', { mind: 'ada', text: 'hi' });
    expect(reply).toEqual({ text: 'hi', instance: member.instance });
  }, 40_000);

  it('whose store was deleted loses nothing but snapshots: streams and buckets are made again', async () => {
    const stream = new BatchStream(client.link, log);
    await stream.start();
    const { store } = storeOf();
    await store.put(snapshot('ada'));
    expect(await streams()).toEqual([
      BATCH_STREAM,
      `KV_${MEMBER_BUCKET('projection')}`,
      `KV_${SNAPSHOT_BUCKET('projection')}`,
    ]);
    await servers.restartNats({ wipe: true });
    await until(() => client.link.state === 'connected' && member.link.state === 'connected');
    expect(await store.get('ada')).toBeNull();
    await until(async () => (await streams()).includes(BATCH_STREAM));
    expect(await store.put(snapshot('ada'))).toBe(true);
    expect(await store.get('ada')).toEqual(snapshot('ada'));
    await until(async () => (await streams()).includes(`KV_${MEMBER_BUCKET('projection')}`), 20_000);
    await until(() => member.ownership.alive());
    const seen = member.door.batches.length;
    client.link.publish(subjects.batch(0, 'x'), { v: 1, mind: 'x', from: 1, to: 1, events: [] });
    await until(() => member.door.batches.length === seen + 1);
    const manager = await client.link.nc.jetstreamManager();
    await until(async () => (await manager.streams.info(BATCH_STREAM)).state.messages === 1);
    stream.stop();
  }, 60_000);

  it('whose buckets and stream were deleted while it runs has them again as soon as somebody needs them', async () => {
    const { store } = storeOf();
    await store.put(snapshot('ada'));
    const manager = await client.link.nc.jetstreamManager();
    for (const name of await streams()) await manager.streams.delete(name);
    expect(await store.get('ada')).toBeNull();
    expect(await store.put(snapshot('ada'))).toBe(true);
    expect(await store.get('ada')).toEqual(snapshot('ada'));
    const stream = new BatchStream(client.link, log);
    await stream.start();
    expect(await streams()).toContain(BATCH_STREAM);
    stream.stop();
  }, 20_000);
});
