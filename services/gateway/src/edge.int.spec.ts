import { request } from 'node:http';
import { connect as connectTcp } from 'node:net';
import { withServers, type Servers } from '#test/support/servers';
import { FakeServices, startGateway, type Gateway } from './fake-services.fixture';

let servers: Servers;
let fake: FakeServices;
let gateway: Gateway;

beforeAll(async () => {
  servers = await withServers({ postgres: false });
  fake = await FakeServices.connect(servers.natsUrl);
  gateway = await startGateway(servers.natsUrl);
}, 60_000);
afterAll(async () => {
  await gateway?.close();
  await fake?.nc.close();
  await servers?.stop();
}, 30_000);
beforeEach(() => fake.reset());

interface Sent {
  method?: string;
  path: string;
  headers?: Record<string, string>;
  body?: string | Buffer;
}
interface Got {
  status: number;
  headers: Record<string, string | string[] | undefined>;
  text: string;
}

/** Sends a request as it is: `fetch` would tidy paths and refuse headers. */
function send({ method = 'GET', path, headers = {}, body }: Sent, port = gateway.port): Promise<Got> {
  return new Promise((resolve, reject) => {
    const sent = request({ host: '127.0.0.1', port, method, path, headers }, (answer) => {
      const chunks: Buffer[] = [];
      answer.on('data', (chunk: Buffer) => chunks.push(chunk));
      answer.on('end', () => {
        const text = Buffer.concat(chunks).toString('utf8');
        resolve({ status: answer.statusCode ?? 0, headers: answer.headers, text });
      });
      answer.on('error', reject);
    });
    sent.on('error', reject);
    sent.end(body);
  });
}

const json = { 'content-type': 'application/json' };
const post = (path: string, body: string | Buffer, headers: Record<string, string> = json) =>
  send({ method: 'POST', path, body, headers });
const turn = (body: string | Buffer, headers?: Record<string, string>) =>
  post('/v1/minds/ada/turns', body, headers);
const codeOf = ({ text }: Got) => (JSON.parse(text) as { error: { code: string } }).error.code;
const messageOf = ({ text }: Got) => (JSON.parse(text) as { error: { message: string } }).error.message;
const own = (event: object) => post('/v1/minds/ada/events', JSON.stringify({ events: [event] }));
const KIB = 1024;

describe('what is refused before any service is asked', () => {
  it.each<[string, () => Promise<Got>, number, string, RegExp]>([
    ['an unknown field', () => turn('{"text":"a","txet":1}'), 400, 'invalid_request', /"txet"/],
    ['a wrong type', () => turn('{"text":1}'), 400, 'invalid_request', /^text: /],
    ['a missing field', () => turn('{}'), 400, 'invalid_request', /^text: /],
    ['no body where one is needed', () => turn(''), 400, 'invalid_request', /body is needed/],
    ['broken JSON', () => turn('{"text":"a"'), 400, 'invalid_request', /not JSON/],
    ['a list for an object', () => turn('[]'), 400, 'invalid_request', /expected object/],
    ['no content type', () => turn('{"text":"a"}', {}), 400, 'invalid_request', /content-type/],
    ['a form', () => turn('a=b', { 'content-type': 'text/plain' }), 400, 'invalid_request', /content-type/],
    [
      'another charset',
      () => turn('{"text":"a"}', { 'content-type': 'application/json; charset=latin1' }),
      400,
      'invalid_request',
      /UTF-8/,
    ],
    [
      'a compressed body',
      () => turn('{"text":"a"}', { ...json, 'content-encoding': 'gzip' }),
      400,
      'invalid_request',
      /content-encoding/,
    ],
    [
      'bytes that are not UTF-8',
      () => turn(Buffer.from([0x22, 0xff, 0x22])),
      400,
      'invalid_request',
      /UTF-8/,
    ],
    ['U+0000', () => turn('{"text":"a\\u0000"}'), 400, 'invalid_event', /U\+0000/],
    ['a lone surrogate', () => turn('{"text":"\\ud800"}'), 400, 'invalid_event', /surrogate/],
    ['a prototype', () => turn('{"text":"a","__proto__":{}}'), 400, 'invalid_request', /__proto__/],
    [
      '33 KiB of text',
      () => turn(JSON.stringify({ text: 'a'.repeat(33 * KIB) })),
      413,
      'too_large',
      /32 KiB/,
    ],
    [
      '17 Ki characters of two bytes',
      () => turn(JSON.stringify({ text: 'é'.repeat(17 * KIB) })),
      413,
      'too_large',
      /32 KiB/,
    ],
    [
      'a turn id with a space',
      () => turn('{"text":"a","turnId":"a b"}'),
      400,
      'invalid_request',
      /^turnId: /,
    ],
    [
      'a bad key',
      () => turn('{"text":"a"}', { ...json, 'idempotency-key': 'a b' }),
      400,
      'invalid_request',
      /Idempotency-Key/,
    ],
    [
      'a kind of the registry',
      () => own({ kind: 'reflection', content: '', meta: {} }),
      400,
      'invalid_request',
      /kind/,
    ],
    [
      'meta that is no object',
      () => own({ kind: 'x.a', content: '', meta: [] }),
      400,
      'invalid_request',
      /meta/,
    ],
    ['a negative limit', () => send({ path: '/v1/minds?limit=-1' }), 400, 'invalid_request', /^limit: /],
    ['a fractional limit', () => send({ path: '/v1/minds?limit=1.5' }), 400, 'invalid_request', /^limit: /],
    [
      'limit=100000',
      () => send({ path: '/v1/minds/a/events?limit=100000' }),
      400,
      'invalid_request',
      /^limit: /,
    ],
    ['limit=201 of minds', () => send({ path: '/v1/minds?limit=201' }), 400, 'invalid_request', /^limit: /],
    ['an empty limit', () => send({ path: '/v1/minds?limit=' }), 400, 'invalid_request', /^limit: /],
    ['a key given twice', () => send({ path: '/v1/minds?limit=1&limit=1' }), 400, 'invalid_request', /twice/],
    ['an unknown query', () => send({ path: '/v1/minds?lim=1' }), 400, 'invalid_request', /"lim"/],
    ['a query with a POST', () => post('/v1/minds/a/ticks?x=1', ''), 400, 'invalid_request', /"x"/],
    [
      'a bad Last-Event-ID',
      () => send({ path: '/v1/minds/a/stream', headers: { 'last-event-id': 'x' } }),
      400,
      'invalid_request',
      /whole/,
    ],
  ])('%s', async (_, act, status, code, message) => {
    const got = await act();
    expect({ status: got.status, code: codeOf(got) }).toEqual({ status, code });
    expect(messageOf(got)).toMatch(message);
    expect(fake.asked).toEqual([]);
  });

  it.each([
    '..',
    '.',
    'a.b',
    'a*',
    'a%3E',
    'a%20b',
    '%2e%2e',
    '..%2Fx',
    'A',
    '-a',
    'a'.repeat(64),
    'a%00',
    'a%ff',
    '%zz',
  ])('the mind id %s', async (id) => {
    for (const rest of ['', '/events', '/self-model']) {
      const got = await send({ path: `/v1/minds/${id}${rest}` });
      expect({ rest, status: got.status, code: codeOf(got) }).toEqual({
        rest,
        status: 400,
        code: 'invalid_request',
      });
    }
    expect(fake.asked).toEqual([]);
  });

  it.each([
    ['GET', '/v1/nonsense'],
    ['GET', '/nonsense'],
    ['DELETE', '/v1/minds/ada'],
    ['PUT', '/v1/minds'],
    ['GET', '/v1/minds/ada/turns'],
    ['HEAD', '/v1/minds/ada/stream'],
    ['POST', '/v1/openai/chat/completions'],
  ])('%s %s is not found', async (method, path) => {
    const got = await send({ method, path });
    expect(got.status).toBe(404);
    if (method !== 'HEAD') expect(codeOf(got)).toBe('not_found');
  });
});

describe('bodies', () => {
  it('takes none or {} where nothing needs to be said', async () => {
    fake.on('event-log', 'archive', () => ({ id: 'ada' }));
    for (const body of ['', '{}']) expect((await post('/v1/minds/ada/archive', body)).status).toBe(200);
    expect((await post('/v1/minds/ada/archive', '', {})).status).toBe(200);
    expect(codeOf(await post('/v1/minds/ada/archive', '{"a":1}'))).toBe('invalid_request');
    expect(codeOf(await post('/v1/minds/ada/archive', 'null'))).toBe('invalid_request');
  });

  it('refuses 2 MiB at once, and again when the length is not told', async () => {
    const body = Buffer.alloc(2 * KIB * KIB, 'a');
    for (const headers of [
      { ...json, 'content-length': String(body.length) },
      { ...json, 'transfer-encoding': 'chunked' },
    ]) {
      const got = await turn(body, headers);
      expect([got.status, codeOf(got), got.headers.connection]).toEqual([413, 'too_large', 'close']);
    }
  });

  it('takes 900 KiB and not a byte more', async () => {
    fake.on('conversation', 'turn', () => ({}));
    const padded = (size: number) => `{"text":"a"${' '.repeat(size - 12)}}`;
    expect((await turn(padded(900 * KIB))).status).toBe(200);
    expect((await turn(padded(900 * KIB + 1))).status).toBe(413);
  });

  it('refuses events that are too large together once they have ids', async () => {
    const events = Array.from({ length: 1000 }, () => ({ kind: 'x.a', content: 'a'.repeat(870), meta: {} }));
    const body = JSON.stringify({ events });
    expect(body.length).toBeLessThan(900 * KIB);
    const got = await post('/v1/minds/ada/events', body);
    expect([got.status, codeOf(got)]).toEqual([413, 'too_large']);
  });

  it('answers a client whose content-length lies, and keeps serving', async () => {
    const lying = await raw(
      `POST /v1/minds/ada/turns HTTP/1.1\r\nHost: localhost:${gateway.port}\r\n` +
        'Content-Type: application/json\r\nContent-Length: 5\r\n\r\n{"text":"a"} and much more',
    );
    expect(lying).toMatch(/^HTTP\/1\.1 400 /);
    expect((await send({ path: '/healthz' })).status).toBe(200);
  });

  it('survives a client that goes away in the middle of its body', async () => {
    const socket = connectTcp(gateway.port, '127.0.0.1');
    socket.write(
      `POST /v1/minds/ada/turns HTTP/1.1\r\nHost: localhost:${gateway.port}\r\n` +
        'Content-Type: application/json\r\nContent-Length: 500\r\n\r\n{"text":',
    );
    await new Promise((resolve) => setTimeout(resolve, 50));
    socket.destroy();
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect((await send({ path: '/healthz' })).status).toBe(200);
    expect(fake.asked).toEqual([]);
  });
});

function raw(text: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connectTcp(gateway.port, '127.0.0.1', () => socket.write(text));
    let got = '';
    socket.setTimeout(1_000, () => socket.destroy());
    socket.on('data', (chunk) => (got += chunk.toString('utf8')));
    socket.on('close', () => resolve(got));
    socket.on('error', reject);
  });
}

describe('who may ask', () => {
  it('takes the very address that it listens on', async () => {
    const other = await startGateway(servers.natsUrl, { PMM_HTTP_HOST: '127.0.0.2' });
    const answer = await fetch(`http://127.0.0.2:${new URL(other.url).port}/healthz`);
    expect(answer.status).toBe(200);
    await other.close();
  });

  it('refuses the name of another host, and pages of other sites', async () => {
    const path = '/v1/minds';
    for (const host of ['evil.example', `evil.example:${gateway.port}`, '127.0.0.1'])
      expect(codeOf(await send({ path, headers: { host } }))).toBe('forbidden');
    expect(codeOf(await send({ path, headers: { origin: 'http://evil.example' } }))).toBe('forbidden');
    fake.on('event-log', 'minds', () => ({ minds: [] }));
    expect((await send({ path, headers: { host: `localhost:${gateway.port}` } })).status).toBe(200);
    expect((await send({ path, headers: { origin: `http://localhost:${gateway.port}` } })).status).toBe(200);
  });

  it('sets safe headers and allows no other origin', async () => {
    const { headers } = await send({ path: '/healthz' });
    expect(headers).toMatchObject({ 'x-content-type-options': 'nosniff', 'cache-control': 'no-store' });
    expect(headers['content-security-policy']).toContain("default-src 'self'");
    expect(headers).not.toHaveProperty('access-control-allow-origin');
    expect(headers).not.toHaveProperty('x-powered-by');
  });

  it('wants the token for everything but health, metrics and documents', async () => {
    const guarded = await startGateway(servers.natsUrl, { PMM_API_TOKEN: 's3cret' });
    try {
      fake.on('event-log', 'minds', () => ({ minds: [] }));
      const ask = (path: string, authorization?: string) =>
        send({ path, headers: authorization ? { authorization } : {} }, guarded.port);
      for (const path of ['/v1/minds', '/V1/minds', '/v1/nonsense', '/v1/docs', '/v1/system']) {
        const got = await ask(path);
        expect([path, got.status, codeOf(got)]).toEqual([path, 401, 'unauthorized']);
      }
      expect((await ask('/v1/minds', 'Bearer wrong')).status).toBe(401);
      expect((await ask('/v1/minds', 'Basic s3cret')).status).toBe(401);
      expect((await ask('/v1/minds', 'Bearer s3cret')).status).toBe(200);
      for (const path of ['/', '/healthz', '/metrics', '/docs/json'])
        expect([path, (await ask(path)).status]).toEqual([path, 200]);
    } finally {
      await guarded.close();
    }
  });

  it('serves 200 requests at once, and tells the others to come back', async () => {
    let release = () => {};
    const released = new Promise<void>((resolve) => (release = resolve));
    fake.on('event-log', 'get', async () => {
      await released;
      return { id: 'ada' };
    });
    const waiting = Array.from({ length: 200 }, () => send({ path: '/v1/minds/ada' }));
    while (fake.asked.length < 200) await new Promise((resolve) => setTimeout(resolve, 10));
    const refused = await send({ path: '/v1/minds/ada' });
    expect([refused.status, codeOf(refused), refused.headers['retry-after']]).toEqual([429, 'busy', '1']);
    release();
    expect((await Promise.all(waiting)).every(({ status }) => status === 200)).toBe(true);
    expect((await send({ path: '/v1/minds/ada' })).status).toBe(200);
  }, 20_000);

  it('does not start where the port is taken, and says what to do', async () => {
    const start = startGateway(servers.natsUrl, { PMM_HTTP_PORT: String(gateway.port) });
    await expect(start).rejects.toThrow(`port ${gateway.port} of 127.0.0.1 is taken`);
  });
});
