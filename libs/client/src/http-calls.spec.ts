import { HttpCalls } from './http-calls';
import { PmmError } from './pmm-error';

interface Seen {
  url: string;
  init: RequestInit;
}

/** A gateway that gives these answers in turn; a function may fail as `fetch` does. */
function answering(...answers: (() => Response | Promise<Response>)[]) {
  const seen: Seen[] = [];
  const fake = (async (url: string, init: RequestInit) => {
    seen.push({ url, init });
    return answers[Math.min(seen.length, answers.length) - 1]!();
  }) as unknown as typeof fetch;
  const retry = { firstPauseMs: 1, longestPauseMs: 2 };
  return { seen, calls: new HttpCalls({ url: 'http://mind.test/', fetch: fake, token: 't0ken', retry }) };
}

const reply = (status: number, body: unknown) => () => Response.json(body, { status });
const failure = (status: number, code: string, retryable: boolean) =>
  reply(status, { error: { code, message: 'because', retryable } });
const headersOf = (seen: Seen | undefined) => seen?.init.headers as Record<string, string>;

it('sends the token, the query without what is absent, and no body with a GET', async () => {
  const { seen, calls } = answering(reply(200, { ok: 1 }));
  const got = await calls.json({
    method: 'GET',
    path: '/v1/x',
    query: { after: 0, kind: undefined, q: 'a b' },
  });
  expect(got).toEqual({ ok: 1 });
  expect(seen[0]?.url).toBe('http://mind.test/v1/x?after=0&q=a+b');
  expect(headersOf(seen[0])).toEqual({ accept: 'application/json', authorization: 'Bearer t0ken' });
  expect(seen[0]?.init.body).toBeUndefined();
});

it('tries a POST again under the same Idempotency-Key', async () => {
  const { seen, calls } = answering(
    failure(503, 'unavailable', true),
    failure(429, 'busy', true),
    reply(200, {}),
  );
  await calls.json({ method: 'POST', path: '/v1/x', body: { a: 1 } });
  const keys = seen.map((one) => headersOf(one)['idempotency-key']);
  expect(keys).toHaveLength(3);
  expect(new Set(keys).size).toBe(1);
  expect(keys[0]).toMatch(/^[A-Za-z0-9_-]{1,64}$/);
});

it('draws another key for another call and keeps a given one', async () => {
  const { seen, calls } = answering(reply(200, {}));
  await calls.json({ method: 'POST', path: '/a', body: {} });
  await calls.json({ method: 'POST', path: '/a', body: {} });
  await calls.json({ method: 'POST', path: '/a', body: {}, key: 'mine' });
  const keys = seen.map((one) => headersOf(one)['idempotency-key']);
  expect(new Set(keys).size).toBe(3);
  expect(keys[2]).toBe('mine');
});

it('does not repeat what a retry cannot cure', async () => {
  const { seen, calls } = answering(
    reply(409, {
      error: { code: 'version_conflict', message: 'no', retryable: false, head: { position: 7, hash: 'h' } },
    }),
  );
  const error = await calls.json({ method: 'POST', path: '/a', body: {} }).catch((e: unknown) => e);
  expect(error).toBeInstanceOf(PmmError);
  expect(error).toMatchObject({
    code: 'version_conflict',
    status: 409,
    retryable: false,
    head: { position: 7 },
  });
  expect(seen).toHaveLength(1);
});

it('gives up after the agreed number of attempts, with the last failure', async () => {
  const { seen, calls } = answering(failure(504, 'timeout', true));
  await expect(calls.json({ method: 'GET', path: '/a' })).rejects.toMatchObject({
    code: 'timeout',
    status: 504,
  });
  expect(seen).toHaveLength(4);
});

it('turns a refused connection into `unavailable` that names the address and the reason', async () => {
  const refused = () => {
    throw new TypeError('fetch failed', { cause: new Error('connect ECONNREFUSED 127.0.0.1:1') });
  };
  const { seen, calls } = answering(refused, refused, reply(200, { back: true }));
  expect(await calls.json({ method: 'GET', path: '/a' })).toEqual({ back: true });
  expect(seen).toHaveLength(3);
  const dead = answering(refused);
  await expect(dead.calls.json({ method: 'GET', path: '/a' })).rejects.toMatchObject({
    code: 'unavailable',
    status: 0,
    retryable: true,
    message: 'no answer from http://mind.test: connect ECONNREFUSED 127.0.0.1:1',
  });
});

it('never sends a stream twice', async () => {
  const { seen, calls } = answering(failure(503, 'unavailable', true));
  async function* chunks() {
    yield new Uint8Array([1]);
  }
  const stream = { contentType: 'application/x-ndjson', chunks: chunks() };
  await expect(calls.json({ method: 'POST', path: '/a', stream })).rejects.toMatchObject({
    code: 'unavailable',
  });
  expect(seen).toHaveLength(1);
});

it('ends a call whose answer stops in the middle', async () => {
  const hanging = (init: RequestInit) =>
    new Response(
      new ReadableStream({
        start: (controller) =>
          init.signal?.addEventListener('abort', () => controller.error(init.signal?.reason)),
      }),
    );
  const fake = ((_: string, init: RequestInit) => Promise.resolve(hanging(init))) as unknown as typeof fetch;
  const calls = new HttpCalls({
    url: 'http://mind.test',
    fetch: fake,
    timeoutMs: 20,
    retry: { attempts: 1 },
  });
  await expect(calls.json({ method: 'GET', path: '/a' })).rejects.toMatchObject({ code: 'timeout' });
});

it('says so when the answer is not one of ours', async () => {
  const { calls } = answering(() => new Response('<html>', { status: 404 }));
  await expect(calls.json({ method: 'GET', path: '/a' })).rejects.toMatchObject({
    code: 'internal',
    status: 404,
  });
});
