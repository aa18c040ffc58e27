import { request, type IncomingMessage } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { PmmClient, type StreamedBatch } from '#libs/client';
import { LIMITS } from '#libs/contracts';
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
  gateway = await startGateway(servers.natsUrl);
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

/** A mind whose log has this many events, of which pages are read. */
function aLog(mind: string, state: { head: number }) {
  const head = () => ({ position: state.head, hash: 'h' });
  fake.on('event-log', 'get', () => ({ id: mind, head: head() }));
  fake.on('event-log', 'heads', () => ({ heads: [{ mind, ...head() }] }));
  fake.on('event-log', 'read', ({ after, limit }) => {
    const count = Math.min(Number(limit), state.head - Number(after), 3);
    return { events: range(mind, Number(after) + 1, Number(after) + count), head: head(), importedTo: 0 };
  });
}
const range = (mind: string, from: number, to: number) =>
  Array.from({ length: Math.max(0, to - from + 1) }, (_, n) => eventAt(mind, from + n));

/** Collects what is followed until `enough` positions came. */
async function follow(
  mind: string,
  after: number | undefined,
  enough: number,
  meanwhile: (seen: number[]) => void,
) {
  const abort = new AbortController();
  const positions: number[] = [];
  for await (const batch of client.follow(mind, { after, signal: abort.signal })) {
    positions.push(...batch.events.map(({ position }) => position));
    expect(batch).toMatchObject({ from: batch.events[0]?.position, to: batch.events.at(-1)?.position });
    meanwhile(positions);
    if (positions.length >= enough) abort.abort();
  }
  return positions;
}

describe('following a mind', () => {
  it('reads what is past, then goes on live, each position once', async () => {
    const state = { head: 7 };
    aLog('ada', state);
    const positions = await follow('ada', 2, 9, (seen) => {
      if (seen.at(-1) !== 7) return;
      state.head = 11;
      fake.publishBatch('ada', range('ada', 6, 8));
      fake.publishBatch('ada', range('ada', 8, 8));
      fake.publishBatch('ada', range('ada', 9, 11));
    });
    expect(positions).toEqual([3, 4, 5, 6, 7, 8, 9, 10, 11]);
    expect(fake.payloads('event-log', 'read').every(({ purpose }) => purpose === 'query')).toBe(true);
  });

  it('begins with what happens from now on when nothing is named', async () => {
    aLog('ada', { head: 5 });
    const following = follow('ada', undefined, 1, () => undefined);
    // The client asks for the head, then the gateway, which listens by then.
    while (fake.payloads('event-log', 'get').length < 2) await sleep(10);
    fake.publishBatch('ada', range('ada', 6, 6));
    expect(await following).toEqual([6]);
    expect(fake.payloads('event-log', 'read')).toEqual([]);
  });

  it('reads what a lost batch held', async () => {
    const state = { head: 1 };
    aLog('ada', state);
    const positions = await follow('ada', 0, 5, (seen) => {
      if (seen.length !== 1) return;
      state.head = 5;
      fake.publishBatch('ada', range('ada', 4, 5));
    });
    expect(positions).toEqual([1, 2, 3, 4, 5]);
  });

  it('mixes no minds', async () => {
    aLog('ada', { head: 1 });
    const positions = await follow('ada', 0, 2, (seen) => {
      if (seen.length !== 1) return;
      fake.publishBatch('bob', range('bob', 2, 2));
      fake.publishBatch('ada', range('ada', 2, 2));
    });
    expect(positions).toEqual([1, 2]);
  });

  it('has SSE ids, resumes with Last-Event-ID, and refuses what is beyond the head', async () => {
    aLog('ada', { head: 4 });
    const answer = await fetch(`${gateway.url}/v1/minds/ada/stream?after=0`, {
      headers: { 'last-event-id': '3' },
    });
    expect(answer.headers.get('content-type')).toContain('text/event-stream');
    const text = await firstEvent(answer);
    expect(text).toContain('id: 4\n');
    const data = JSON.parse(/data: (.*)/.exec(text)?.[1] ?? '') as StreamedBatch;
    expect(data).toEqual({ from: 4, to: 4, events: [eventAt('ada', 4)] });
    const beyond = await fetch(`${gateway.url}/v1/minds/ada/stream?after=5`);
    expect([beyond.status, await beyond.json()]).toMatchObject([400, { error: { code: 'invalid_request' } }]);
  });

  it('ends its subscription when the reader left before the stream was open', async () => {
    let asked = () => undefined as void;
    const isAsked = new Promise<void>((resolve) => (asked = resolve));
    fake.on('event-log', 'get', async () => {
      asked();
      await sleep(300);
      return { id: 'bea', head: { position: 1, hash: 'h' } };
    });
    const abort = new AbortController();
    const answer = fetch(`${gateway.url}/v1/minds/bea/stream`, { signal: abort.signal });
    await isAsked;
    abort.abort();
    await expect(answer).rejects.toThrow();
    expect(await fake.isFollowed('bea')).toBe(true);
    for (let tries = 0; tries < 100 && (await fake.isFollowed('bea')); tries++) await sleep(10);
    expect(await fake.isFollowed('bea')).toBe(false);
    expect(gateway.log).toEqual([]);
  });

  it('names the position at which it begins, for a browser that comes back before the first batch', async () => {
    aLog('ada', { head: 4 });
    const answer = await fetch(`${gateway.url}/v1/minds/ada/stream`);
    const reader = answer.body?.getReader();
    let text = '';
    while (!text.includes('id: ')) text += Buffer.from((await reader?.read())?.value ?? []).toString('utf8');
    expect(text).toBe(': open\n\nid: 4\n\n');
    await reader?.cancel();
  });

  it('ends its subscription when the reader leaves', async () => {
    aLog('cyd', { head: 1 });
    const answer = await fetch(`${gateway.url}/v1/minds/cyd/stream`);
    expect(await fake.isFollowed('cyd')).toBe(true);
    await answer.body?.cancel();
    for (let tries = 0; tries < 20 && (await fake.isFollowed('cyd')); tries++) await sleep(10);
    expect(await fake.isFollowed('cyd')).toBe(false);
    expect(gateway.log).toEqual([]);
  });
});

async function firstEvent(answer: Response): Promise<string> {
  let text = '';
  for await (const chunk of answer.body as unknown as AsyncIterable<Uint8Array>) {
    text += Buffer.from(chunk).toString('utf8');
    if (/data: .*\n\n/.test(text)) break;
  }
  return text;
}

describe('export', () => {
  it('streams all pages up to the head that the first one saw', async () => {
    fake.on('event-log', 'export', ({ after = 0 }) => {
      const n = Number(after) + 1;
      if (n < 4) return { text: `{"position":${n}}\n`, to: 4, next: n };
      return { text: `{"position":4}\n{"export":{"events":4}}\n`, to: 4 };
    });
    const lines: string[] = [];
    for await (const line of client.exportLines('ada')) lines.push(line);
    expect(lines).toEqual([1, 2, 3, 4].map((n) => `{"position":${n}}`).concat('{"export":{"events":4}}'));
    expect(fake.payloads('event-log', 'export')).toEqual([
      { mind: 'ada' },
      { mind: 'ada', after: 1, to: 4 },
      { mind: 'ada', after: 2, to: 4 },
      { mind: 'ada', after: 3, to: 4 },
    ]);
  });

  it('has a status when it fails at once, and is cut off when it fails later', async () => {
    fake.on('event-log', 'export', ({ after }) => {
      if (after !== undefined) throw new AppError('unavailable', 'gone');
      return { text: '{"position":1}\n', to: 9, next: 1 };
    });
    await expect(drain(client.exportLines('ada'))).rejects.toMatchObject({ code: 'unavailable' });
    fake.on('event-log', 'export', () => {
      throw new AppError('unknown_mind', 'no such mind');
    });
    expect((await fetch(`${gateway.url}/v1/minds/ada/export`)).status).toBe(404);
  });

  it('asks for no more pages than the reader takes', async () => {
    const text = `${'x'.repeat(500 * 1024)}\n`;
    fake.on('event-log', 'export', ({ after = 0 }) => ({ text, to: 1000, next: Number(after) + 1 }));
    const answer = await new Promise<IncomingMessage>((resolve) =>
      request(`${gateway.url}/v1/minds/ada/export`, resolve).end(),
    );
    answer.pause();
    await sleep(500);
    const asked = fake.payloads('event-log', 'export').length;
    expect(asked).toBeLessThan(40);
    await sleep(200);
    expect(fake.payloads('event-log', 'export').length).toBeLessThanOrEqual(asked + 1);
    answer.destroy();
    await sleep(50);
    expect(gateway.log).toEqual([]);
  });
});

async function drain(lines: AsyncIterable<string>): Promise<void> {
  for await (const line of lines) expect(line).not.toBe('');
}

describe('import', () => {
  const takeAll = () =>
    fake.on('event-log', 'import', ({ last }) =>
      last ? { events: 3, done: true, format: 'pmm.v1', headHash: 'h' } : { events: 0, done: false },
    );
  async function* pieces(text: string, size: number) {
    const bytes = Buffer.from(text);
    for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
  }
  const chunks = () =>
    fake.payloads('event-log', 'import') as {
      seq: number;
      text: string;
      last?: true;
      abort?: true;
      session: string;
    }[];

  const FOLDING = ['projection', 'commitment', 'reflection', 'conversation'] as const;
  beforeEach(() => {
    const folded = { watermark: 3, digest: 'd', foldVersion: 1 };
    for (const service of FOLDING) fake.on(service, 'state', () => folded);
  });

  it('is answered when every service has folded it, or after 2 s, as it is stored already', async () => {
    takeAll();
    expect(await client.importLog('ada', pieces('{}', 9), { array: false })).toMatchObject({ events: 3 });
    for (const service of FOLDING)
      expect(fake.payloads(service, 'state')).toEqual([{ mind: 'ada', minPosition: 3 }]);
    fake.on('reflection', 'state', () => new Promise(() => undefined));
    const startedAt = performance.now();
    expect(await client.importLog('ada', pieces('{}', 9), { array: false })).toMatchObject({ events: 3 });
    expect(performance.now() - startedAt).toBeGreaterThan(1_900);
  });

  it('of the export of an empty mind is no failure', async () => {
    fake.on('event-log', 'import', () => ({ events: 0, done: true, format: 'pmm.v1' }));
    expect(await client.importLog('ada', pieces('{}', 9), { array: false })).toEqual({
      ...{ events: 0, format: 'pmm.v1', headHash: null },
    });
  });

  it('hands on the whole text in order, cut nowhere inside a character', async () => {
    takeAll();
    const text = `{"a":"${'é😀\\"\n'.repeat(120_000)}"}`;
    const reply = await client.importLog('ada', pieces(text, 7_919), { array: false });
    expect(reply).toEqual({ events: 3, format: 'pmm.v1', headHash: 'h' });
    const sent = chunks();
    expect(sent.map(({ text }) => text).join('')).toBe(text);
    expect(sent.map(({ seq }) => seq)).toEqual(sent.map((_, n) => n));
    expect(sent.length).toBeGreaterThan(3);
    expect(new Set(sent.map(({ session }) => session)).size).toBe(1);
    expect(sent.filter(({ last }) => last)).toEqual([sent.at(-1)]);
    for (const { text: piece } of sent) {
      expect(piece.isWellFormed()).toBe(true);
      expect(piece.length).toBeLessThanOrEqual(LIMITS.importChunkChars);
    }
  });

  it('answers the refusal of the log while the client still sends, and asks no more', async () => {
    fake.on('event-log', 'import', () => {
      throw new AppError('invalid_request', 'id 1: hash does not fit');
    });
    const huge = pieces('x'.repeat(6 * 1024 * 1024), 64 * 1024);
    await expect(client.importLog('ada', huge, { array: false })).rejects.toMatchObject({
      code: 'invalid_request',
      message: 'id 1: hash does not fit',
    });
    await sleep(50);
    expect(chunks().filter(({ abort }) => !abort)).toHaveLength(1);
    expect(chunks().at(-1)?.abort).toBe(true);
  });

  it('gives up, and tells the log, when the bytes are not UTF-8', async () => {
    takeAll();
    async function* bad() {
      yield Buffer.from('x'.repeat(200_000));
      yield Buffer.from([0xc3]);
    }
    await expect(client.importLog('ada', bad(), { array: false })).rejects.toMatchObject({
      code: 'invalid_request',
    });
    await sleep(50);
    expect(chunks().map(({ abort, last }) => ({ abort, last }))).toEqual([{}, { abort: true }]);
  });

  it('gives up, and tells the log, when the client goes away', async () => {
    takeAll();
    const sent = request(`${gateway.url}/v1/minds/ada/import`, {
      method: 'POST',
      headers: { 'content-type': 'application/x-ndjson' },
    });
    sent.on('error', () => undefined);
    sent.write('x'.repeat(300_000));
    while (chunks().length === 0) await sleep(10);
    sent.destroy();
    while (!chunks().at(-1)?.abort) await sleep(10);
    expect(chunks().some(({ last }) => last)).toBe(false);
  });

  it.each([
    ['another type', { 'content-type': 'text/plain' }, '{}', 400],
    ['nothing', { 'content-type': 'application/x-ndjson' }, '', 400],
    [
      'a gibibyte and a byte',
      { 'content-type': 'application/x-ndjson', 'content-length': String(2 ** 30 + 1) },
      '{}',
      413,
    ],
  ])('refuses %s', async (_, headers, body, status) => {
    const got = await new Promise<number>((resolve, reject) => {
      const sent = request(`${gateway.url}/v1/minds/ada/import`, { method: 'POST', headers }, (answer) => {
        resolve(answer.statusCode ?? 0);
        sent.destroy();
      });
      sent.on('error', reject);
      if ('content-length' in headers) sent.write(body);
      else sent.end(body);
    });
    expect(got).toBe(status);
    expect(chunks()).toEqual([]);
  });

  it('refuses an array of more than 64 MiB while it comes, and no NDJSON of that size', async () => {
    takeAll();
    const text = '['.padEnd(65 * 1024 * 1024, ' ');
    const array = client.importLog('ada', pieces(text, 1024 * 1024), { array: true });
    await expect(array).rejects.toMatchObject({ code: 'too_large', status: 413 });
    fake.asked.length = 0;
    await client.importLog('ada', pieces(text.replace('[', '{'), 1024 * 1024), { array: false });
    expect(chunks().length).toBeGreaterThan(500);
  }, 30_000);
});

it('ends streams at once and answers what waits when it is closed', async () => {
  const other = await startGateway(servers.natsUrl);
  aLog('ada', { head: 1 });
  const stream = await fetch(`${other.url}/v1/minds/ada/stream`);
  fake.on('projection', 'get', () => sleep(300, { watermark: 1 }));
  const waiting = fetch(`${other.url}/v1/minds/ada/self-model`);
  await sleep(50);
  const startedAt = performance.now();
  const closed = other.close();
  expect(await stream.text()).toContain(': open');
  expect((await waiting).status).toBe(200);
  await closed;
  expect(performance.now() - startedAt).toBeLessThan(3_000);
}, 20_000);
