import { setTimeout as sleep } from 'node:timers/promises';
import { PmmClient, PmmError } from '#libs/client';
import { AppError } from '#libs/kernel';
import { withServers, type Servers } from '#test/support/servers';
import { eventAt, FakeServices, startGateway, type Gateway } from './fake-services.fixture';

let servers: Servers;
let fake: FakeServices;
let gateway: Gateway;
let client: PmmClient;

beforeAll(async () => {
  servers = await withServers({ postgres: false });
  fake = await FakeServices.connect(servers.natsUrl);
  gateway = await startGateway(servers.natsUrl, { PMM_MODEL_TIMEOUT_MS: '1000' });
  client = new PmmClient({ url: gateway.url, retry: { attempts: 1 } });
}, 60_000);
afterAll(async () => {
  await gateway?.close();
  await fake?.nc.close();
  await servers?.stop();
}, 30_000);
beforeEach(() => {
  fake.reset();
  gateway.log.length = 0;
});

const info = (id: string, position = 0) => ({
  id,
  createdAt: '2026-01-01T00:00:00.000Z',
  tickIntervalMs: null,
  provider: null,
  model: null,
  archivedAt: null,
  importedTo: 0,
  head: { position, hash: position ? 'h' : null },
});
const failing =
  (
    code: 'mind_exists' | 'unknown_mind' | 'busy' | 'version_conflict',
    head?: { position: number; hash: string },
  ) =>
  () => {
    throw new AppError(code, `it is ${code}`, { head });
  };
async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const got: T[] = [];
  for await (const item of items) got.push(item);
  return got;
}

describe('requests reach the right service with the right payload', () => {
  it('minds', async () => {
    fake.on('event-log', 'create', ({ mind }) => info(String(mind)));
    fake.on('event-log', 'minds', () => ({ minds: [info('ada')], next: 'ada' }));
    fake.on('event-log', 'get', ({ mind }) => info(String(mind), 3));
    fake.on('event-log', 'archive', ({ mind }) => info(String(mind)));
    fake.on('tick-coordinator', 'wake', () => ({}));
    expect(await client.createMind({ id: 'ada', model: 'm' })).toEqual(info('ada'));
    expect(await client.minds({ after: 'a', limit: 7 })).toEqual({ minds: [info('ada')], next: 'ada' });
    expect((await client.mind('ada')).head).toEqual({ position: 3, hash: 'h' });
    await client.archive('ada', { key: 'k1' });
    await client.unarchive('ada', { key: 'k2' });
    expect(fake.asked.map(({ verb, payload }) => [verb, payload])).toEqual([
      ['create', { mind: 'ada', model: 'm' }],
      ['minds', { after: 'a', limit: 7 }],
      ['get', { mind: 'ada' }],
      ['archive', { mind: 'ada', archived: true, key: 'k1' }],
      ['archive', { mind: 'ada', archived: false, key: 'k2' }],
      ['wake', { mind: 'ada' }],
    ]);
  });

  it('what the mind is and has promised', async () => {
    const reply = { watermark: 1, digest: 'd' };
    for (const verb of ['get', 'knowledge', 'adopt', 'assert']) fake.on('projection', verb, () => reply);
    for (const verb of ['list', 'open', 'close', 'snooze']) fake.on('commitment', verb, () => reply);
    fake.on('reflection', 'list', () => reply);
    fake.on('conversation', 'switch-model', () => ({ position: 4 }));
    await client.selfModel('ada', { at: 5 });
    await client.knowledge('ada', { limit: 3, before: 9 });
    await client.setIdentity('ada', 'Ada', { key: 'k1' });
    await client.assertKnowledge('ada', 'Water is wet.', { key: 'k2' });
    await client.commitments('ada', { status: 'all', project: 'p', minPosition: 2 });
    await client.openCommitment('ada', { text: 'write', priority: 'high' }, { key: 'k3' });
    await client.closeCommitment('ada', 'c1', { evidence: [2] }, { key: 'k4' });
    await client.snoozeCommitment('ada', 'c1', 7, { key: 'k5' });
    await client.reflections('ada', { limit: 1 });
    await client.switchModel('ada', { provider: 'echo', model: 'e' }, { key: 'k6' });
    expect(fake.asked.map(({ service, verb, payload }) => ({ [`${service} ${verb}`]: payload }))).toEqual([
      { 'projection get': { mind: 'ada', at: 5 } },
      { 'projection knowledge': { mind: 'ada', limit: 3, before: 9 } },
      { 'projection adopt': { mind: 'ada', name: 'Ada', key: 'k1' } },
      { 'projection assert': { mind: 'ada', statement: 'Water is wet.', key: 'k2' } },
      { 'commitment list': { mind: 'ada', status: 'all', project: 'p', limit: 50, minPosition: 2 } },
      { 'commitment open': { mind: 'ada', text: 'write', priority: 'high', key: 'k3' } },
      { 'commitment close': { mind: 'ada', cid: 'c1', evidence: [2], key: 'k4' } },
      { 'commitment snooze': { mind: 'ada', cid: 'c1', untilTick: 7, key: 'k5' } },
      { 'reflection list': { mind: 'ada', limit: 1 } },
      { 'conversation switch-model': { mind: 'ada', provider: 'echo', model: 'e', key: 'k6' } },
    ]);
  });

  it('digests of all services that fold', async () => {
    for (const service of ['projection', 'commitment', 'reflection', 'conversation'] as const)
      fake.on(service, 'state', () => ({ service, foldVersion: 2, watermark: 9, digest: `of ${service}` }));
    const { services } = await client.digests('ada', { minPosition: 9 });
    expect(Object.keys(services)).toEqual(['projection', 'commitment', 'reflection', 'conversation']);
    expect(services.reflection).toEqual({ watermark: 9, digest: 'of reflection', foldVersion: 2 });
  });

  it('errors come back with their code, status and head', async () => {
    fake.on('event-log', 'create', failing('mind_exists'));
    fake.on('event-log', 'append', failing('version_conflict', { position: 8, hash: 'x' }));
    fake.on('projection', 'get', failing('unknown_mind'));
    fake.on('commitment', 'list', failing('busy'));
    const error = (act: Promise<unknown>) =>
      act.then(
        () => null,
        (e: PmmError) => e,
      );
    expect(await error(client.createMind({ id: 'ada' }))).toMatchObject({ code: 'mind_exists', status: 409 });
    expect(
      await error(client.append('ada', { events: [{ kind: 'x.a', content: '', meta: {} }] })),
    ).toMatchObject({
      code: 'version_conflict',
      status: 409,
      head: { position: 8, hash: 'x' },
    });
    expect(await error(client.selfModel('nobody'))).toMatchObject({ code: 'unknown_mind', status: 404 });
    expect(await error(client.commitments('ada'))).toMatchObject({
      code: 'busy',
      status: 429,
      retryable: true,
    });
    const answer = await fetch(`${gateway.url}/v1/minds/ada/commitments`);
    expect(answer.headers.get('retry-after')).toBe('1');
  });

  it('a fault inside never carries detail', async () => {
    fake.on('event-log', 'get', () => {
      throw new AppError('internal', 'password is hunter2');
    });
    const answer = await fetch(`${gateway.url}/v1/minds/ada`);
    expect(answer.status).toBe(500);
    expect(await answer.text()).not.toContain('hunter2');
  });
});

it('hands on the trace of a request', async () => {
  const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
  const seen: (string | undefined)[] = [];
  const listening = fake.nc.subscribe('pmm.v1.log.*.get', {
    callback: (_, message) => void seen.push(message.headers?.get('traceparent') || undefined),
  });
  await fake.nc.flush();
  fake.on('event-log', 'get', ({ mind }) => info(String(mind)));
  await fetch(`${gateway.url}/v1/minds/ada`, { headers: { traceparent } });
  await fetch(`${gateway.url}/v1/minds/ada`);
  listening.unsubscribe();
  expect(seen).toEqual([traceparent, undefined]);
});

describe('a request that has to be sent to its service again', () => {
  it.each([
    ['knowledge', 'projection', 'assert', { statement: 'Tea is hot.' }],
    ['identity', 'projection', 'adopt', { name: 'Nova' }],
    ['events', 'event-log', 'append', { events: [{ kind: 'x.a', content: '', meta: {} }] }],
  ] as const)('says so by its key, also when its client gave none: %s', async (path, service, verb, body) => {
    // `undefined`: the first receiver does not answer.
    fake.on(service, verb, () => (fake.payloads(service, verb).length > 1 ? { position: 1 } : undefined));
    await fetch(`${gateway.url}/v1/minds/ada/${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    const [first, second] = fake.payloads(service, verb);
    expect(second).toEqual(first);
    const { key, events } = first as { key?: string; events?: { id: string }[] };
    expect(key ?? events?.[0]?.id).toMatch(/^[0-9a-f-]{36}$/);
  });
});

describe('events', () => {
  it('reads with purpose query, and hands on head and next', async () => {
    const page = { events: [eventAt('ada', 6)], head: { position: 9, hash: 'h' }, next: 6, importedTo: 0 };
    fake.on('event-log', 'read', () => page);
    const reply = await client.events('ada', { after: 5, limit: 1, kind: 'x.test', order: 'desc' });
    expect(reply).toEqual({ events: page.events, head: page.head, next: 6 });
    expect(fake.payloads('event-log', 'read')).toEqual([
      { mind: 'ada', after: 5, limit: 1, order: 'desc', kinds: ['x.test'], purpose: 'query' },
    ]);
  });

  it('derives the ids of a repeat from its Idempotency-Key', async () => {
    fake.on('event-log', 'append', () => ({ from: 1, to: 2, headHash: 'h', duplicate: false }));
    const body = { events: [1, 2].map((n) => ({ kind: 'x.a', content: `${n}`, meta: {} })) };
    await client.append('ada', body, { key: 'same' });
    await client.append('ada', body, { key: 'same' });
    await client.append('ada', body);
    const ids = fake
      .payloads('event-log', 'append')
      .map(({ events }) => (events as { id: string }[]).map(({ id }) => id));
    expect(ids[0]).toEqual(ids[1]);
    expect(ids[0]).not.toEqual(ids[2]);
    expect(new Set(ids[0]).size).toBe(2);
  });
});

describe('turns', () => {
  const reply = (turnId: unknown, text: string) => ({
    turnId,
    text,
    positions: { user: 1, reply: 2 },
    watermark: 2,
    controls: [],
  });

  it('answers with the reply; the key of the request is the turn id when there is no other', async () => {
    fake.on('conversation', 'turn', ({ turnId }) => reply(turnId, 'hello'));
    expect((await client.turn('ada', { text: 'hi', turnId: 't1' })).turnId).toBe('t1');
    const answer = await fetch(`${gateway.url}/v1/minds/ada/turns`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'idempotency-key': 'key-1' },
      body: '{"text":"hi","userName":"Bo"}',
    });
    expect(await answer.json()).toEqual(reply('key-1', 'hello'));
    expect(fake.payloads('conversation', 'turn')[1]).toEqual({
      mind: 'ada',
      turnId: 'key-1',
      text: 'hi',
      userName: 'Bo',
      stream: false,
    });
  });

  it('streams tokens and restarts as they come', async () => {
    fake.on('conversation', 'turn', ({ turnId }) => {
      const signals = [
        { token: 'bad' },
        { restart: 'a claim was false' },
        { token: 'good ' },
        { token: 'one' },
      ];
      signals.forEach((signal, n) => fake.publishSignal('ada', String(turnId), { n, ...signal } as never));
      return reply(turnId, 'good one');
    });
    const parts = await all(client.streamTurn('ada', { text: 'hi', turnId: 't2' }));
    expect(parts).toEqual([
      { type: 'token', text: 'bad' },
      { type: 'restart', reason: 'a claim was false' },
      { type: 'token', text: 'good ' },
      { type: 'token', text: 'one' },
      { type: 'done', reply: reply('t2', 'good one') },
    ]);
  });

  it('makes lost signals good before it is done', async () => {
    fake.on('conversation', 'turn', ({ turnId }) => {
      fake.publishSignal('ada', String(turnId), { n: 0, token: 'one ' });
      fake.publishSignal('ada', String(turnId), { n: 2, token: 'three' });
      return reply(turnId, 'one two three');
    });
    const parts = await all(client.streamTurn('ada', { text: 'hi' }));
    expect(parts.slice(0, -1)).toEqual([
      { type: 'token', text: 'one ' },
      { type: 'restart', reason: 'resumed' },
      { type: 'token', text: 'one two three' },
    ]);
  });

  it('tells of a failure in the stream', async () => {
    fake.on('conversation', 'turn', () => {
      throw new AppError('model_unavailable', 'the model is down');
    });
    await expect(all(client.streamTurn('ada', { text: 'hi' }))).rejects.toMatchObject({
      code: 'model_unavailable',
      message: 'the model is down',
    });
  });

  it('goes on when the client is gone', async () => {
    let finished = false;
    fake.on('conversation', 'turn', async ({ turnId }) => {
      await sleep(150);
      finished = true;
      return reply(turnId, 'x');
    });
    const abort = new AbortController();
    const turn = all(client.streamTurn('ada', { text: 'hi' }, { signal: abort.signal })).catch(() => 'gone');
    await sleep(50);
    abort.abort();
    expect(await turn).toBe('gone');
    await sleep(200);
    expect(finished).toBe(true);
    expect(gateway.log).toEqual([]);
  });
});

describe('ticks', () => {
  beforeEach(() => {
    fake.on('tick-coordinator', 'tick', () => ({ tick: 1, position: 2 }));
    fake.on('reflection', 'request', () => ({ position: 7 }));
  });

  it('gives a mind ten a second, then `busy`, and harms no other mind', async () => {
    const results = await Promise.allSettled(Array.from({ length: 12 }, () => client.tick('tick-mind')));
    const refused = results.filter((one) => one.status === 'rejected').map((one) => one.reason as PmmError);
    expect(refused.map(({ code, status }) => [code, status])).toEqual([
      ['busy', 429],
      ['busy', 429],
    ]);
    expect(await client.tick('other-mind')).toEqual({ tick: 1, position: 2 });
  });

  it('asks for a tick after a request for a reflection, without waiting for it', async () => {
    fake.on('tick-coordinator', 'tick', () => sleep(500, { tick: 1, position: 2 }));
    const startedAt = performance.now();
    expect(await client.reflect('ada', { key: 'k' })).toEqual({ position: 7 });
    expect(performance.now() - startedAt).toBeLessThan(400);
    await sleep(50);
    expect(fake.payloads('reflection', 'request')).toEqual([{ mind: 'ada', key: 'k' }]);
    expect(fake.payloads('tick-coordinator', 'tick')).toEqual([{ mind: 'ada', key: 'k' }]);
  });
});

describe('verify', () => {
  it('goes through all pages', async () => {
    fake.on('event-log', 'verify', ({ from = 1 }) => {
      const next = Number(from) + 100;
      return { ok: true, events: 100, headHash: `h${next}`, ...(next < 301 ? { next } : {}) };
    });
    expect(await client.verify('ada')).toEqual({ ok: true, events: 300, headHash: 'h301' });
    expect(fake.payloads('event-log', 'verify').map(({ from }) => from)).toEqual([undefined, 101, 201]);
  });

  it('waits for a page that somebody is too busy for, but not for the first one', async () => {
    let refusals = 2;
    fake.on('event-log', 'verify', ({ from = 1 }) => {
      if (Number(from) > 1 && refusals-- > 0) throw new AppError('busy', 'too many verifications wait');
      return {
        ok: true,
        events: 100,
        headHash: 'h',
        ...(Number(from) < 201 ? { next: Number(from) + 100 } : {}),
      };
    });
    expect(await client.verify('ada')).toMatchObject({ ok: true, events: 300 });
    const asked = fake.payloads('event-log', 'verify').map(({ from }) => from);
    expect(asked).toEqual([undefined, 101, 101, 101, 201]);
    fake.on('event-log', 'verify', () => {
      throw new AppError('busy', 'too many verifications wait');
    });
    const answer = await fetch(`${gateway.url}/v1/minds/ada/verify`);
    expect([answer.status, answer.headers.get('retry-after')]).toEqual([429, '1']);
  });

  it('stops at the first bad event', async () => {
    const firstBad = { position: 3, reason: 'hash does not fit the event' };
    fake.on('event-log', 'verify', () => ({ ok: false, events: 2, headHash: null, firstBad, next: 3 }));
    expect(await client.verify('ada', { from: 1, to: 9 })).toEqual({
      ok: false,
      events: 2,
      headHash: null,
      firstBad,
    });
  });

  it('compares a receipt, and takes no mixture', async () => {
    fake.on('event-log', 'verify', () => ({ matches: true }));
    const hash = 'a'.repeat(64);
    expect(await client.receipt('ada', { position: 4, hash })).toEqual({ matches: true });
    expect(fake.payloads('event-log', 'verify')).toEqual([{ mind: 'ada', position: 4, hash }]);
    for (const query of [`position=4`, `hash=${hash}`, `position=4&hash=${hash}&from=1`, 'from=3&to=2']) {
      const answer = await fetch(`${gateway.url}/v1/minds/ada/verify?${query}`);
      expect(await answer.json()).toMatchObject({ error: { code: 'invalid_request' } });
    }
  });
});

describe('the system', () => {
  const leave: (() => void)[] = [];
  afterEach(() => leave.splice(0).forEach((act) => act()));
  const join = (...services: Parameters<FakeServices['member']>[0][]) =>
    services.forEach((service) => leave.push(fake.member(service, `one-of-${service}`)));
  const everyone = [
    'event-log',
    'tick-coordinator',
    'projection',
    'commitment',
    'reflection',
    'conversation',
  ] as const;

  it('is ready only when every service answers, and says who is missing', async () => {
    join('event-log', 'projection');
    await fake.nc.flush();
    const answer = await fetch(`${gateway.url}/readyz`);
    expect(answer.status).toBe(503);
    expect((await answer.json()) as unknown).toMatchObject({
      error: {
        message: 'no serving member of tick-coordinator, commitment, reflection, conversation',
        retryable: true,
      },
    });
    join(...everyone.filter((service) => service !== 'reflection'));
    leave.push(fake.member('reflection', 'starting', {}, 'false'));
    await fake.nc.flush();
    expect((await (await fetch(`${gateway.url}/readyz`)).json()) as unknown).toMatchObject({
      error: { message: 'no serving member of reflection' },
    });
    join('reflection');
    await fake.nc.flush();
    expect((await fetch(`${gateway.url}/readyz`)).status).toBe(200);
    expect((await fetch(`${gateway.url}/healthz`)).status).toBe(200);
  });

  it('sums what the members count', async () => {
    const reads = 'pmm_log_reads_total{purpose="broadcast",source="memory"}';
    leave.push(fake.member('event-log', 'a', { shards: [0, 1], counters: { [reads]: 3 } }));
    leave.push(fake.member('event-log', 'b', { shards: [2, 3], counters: { [reads]: 4 } }));
    await fake.nc.flush();
    const report = await client.system();
    expect(report.services['event-log']).toMatchObject({
      shardsOwned: 4,
      counters: { [reads]: 7 },
      replicas: [
        { instance: 'a', shards: [0, 1] },
        { instance: 'b', shards: [2, 3] },
      ],
    });
    expect(report.totals.reads).toEqual({ memory: 7, postgres: 0, byPurpose: { broadcast: 7 } });
    expect(report.missing).toEqual(everyone.filter((service) => service !== 'event-log'));
    expect(report.nats).toMatchObject({ state: 'connected' });
  });

  it('keeps the metrics of members apart', async () => {
    const metric = (instance: string, value: number) => ({
      name: 'pmm_ticks_total',
      help: 'Ticks',
      type: 'counter',
      aggregator: 'sum',
      values: [{ value, labels: { reason: 'due', service: 'event-log', instance } }],
    });
    leave.push(fake.member('event-log', 'a', { metrics: [metric('a', 1)] }));
    leave.push(fake.member('event-log', 'b', { metrics: [metric('b', 5)] }));
    await fake.nc.flush();
    const answer = await fetch(`${gateway.url}/metrics`);
    const text = await answer.text();
    expect(answer.headers.get('content-type')).toMatch(/^text\/plain/);
    expect(text).toContain('pmm_ticks_total{reason="due",service="event-log",instance="a"} 1');
    expect(text).toContain('pmm_ticks_total{reason="due",service="event-log",instance="b"} 5');
    expect(text).toMatch(
      /pmm_http_requests_total\{method="GET",route="\/v1\/system",status="200",service="gateway"/,
    );
  });

  it('ignores what else answers on this NATS', async () => {
    const stranger = fake.nc.subscribe('$SRV.STATS', {
      callback: (_, message) => void message.respond(JSON.stringify({ name: 'stranger' })),
    });
    leave.push(() => stranger.unsubscribe());
    await fake.nc.flush();
    expect((await client.system()).services).toEqual({});
  });
});

it('has its documents', async () => {
  const document = (await (await fetch(`${gateway.url}/docs/json`)).json()) as { paths: object };
  expect(Object.keys(document.paths)).toContain('/v1/minds/{id}/turns');
  expect(await (await fetch(`${gateway.url}/docs`)).text()).toContain('swagger-ui');
  const moved = await fetch(`${gateway.url}/v1/docs`, { redirect: 'manual' });
  expect([moved.status, moved.headers.get('location')]).toEqual([302, '/docs']);
  expect(await (await fetch(gateway.url)).json()).toMatchObject({ docs: '/docs' });
});
