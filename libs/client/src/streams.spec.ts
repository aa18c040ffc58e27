import { HttpCalls } from './http-calls';
import { exportLines, splitLines } from './log-files';
import { follow } from './follow';
import { streamTurn } from './turn-stream';

type Answer = (url: string, init: RequestInit) => Response;

function gateway(...answers: Answer[]) {
  const urls: string[] = [];
  const bodies: unknown[] = [];
  const fake = (async (url: string, init: RequestInit) => {
    urls.push(url);
    if (typeof init.body === 'string') bodies.push(JSON.parse(init.body));
    return answers[Math.min(urls.length, answers.length) - 1]!(url, init);
  }) as unknown as typeof fetch;
  const retry = { firstPauseMs: 1, longestPauseMs: 2 };
  return { urls, bodies, calls: new HttpCalls({ url: 'http://mind.test', fetch: fake, retry }) };
}

/** An event stream of these lines, in pieces of three bytes, which may break off with an error. */
function stream(text: string, broken = false): Response {
  const bytes = new TextEncoder().encode(text);
  let at = 0;
  const body = new ReadableStream({
    pull(controller) {
      if (at < bytes.length) return controller.enqueue(bytes.slice(at, (at += 3)));
      if (broken) controller.error(new TypeError('terminated'));
      else controller.close();
    },
  });
  return new Response(body);
}

const event = (name: string, data: unknown) => `event: ${name}\ndata: ${JSON.stringify(data)}\n\n`;
const batch = (from: number, to: number) =>
  `id: ${to}\nevent: batch\ndata: ${JSON.stringify({ from, to, events: [] })}\n\n`;

async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const got: T[] = [];
  for await (const item of items) got.push(item);
  return got;
}

describe('streamTurn', () => {
  it('yields tokens, restarts and the reply', async () => {
    const { calls } = gateway(() =>
      stream(
        `: hello\n\n${event('token', { text: 'Grüß' })}${event('restart', { reason: 'why' })}` +
          `${event('token', { text: '😀' })}${event('done', { turnId: 't', text: '😀' })}`,
      ),
    );
    expect(await all(streamTurn(calls, '/turns', { text: 'hi' }, {}))).toEqual([
      { type: 'token', text: 'Grüß' },
      { type: 'restart', reason: 'why' },
      { type: 'token', text: '😀' },
      { type: 'done', reply: { turnId: 't', text: '😀' } },
    ]);
  });

  it('asks for the same turn again when the connection breaks, and voids what was shown', async () => {
    const { calls, bodies } = gateway(
      () => stream(event('token', { text: 'half' }), true),
      () => stream(event('token', { text: 'whole' }) + event('done', { text: 'whole' })),
    );
    const parts = await all(streamTurn(calls, '/turns', { text: 'hi' }, {}));
    expect(parts.map((part) => part.type)).toEqual(['token', 'restart', 'token', 'done']);
    const ids = bodies.map((body) => (body as { turnId: string }).turnId);
    expect(ids).toHaveLength(2);
    expect(ids[0]).toBe(ids[1]);
  });

  it('throws the error that the stream tells of', async () => {
    const { calls, urls } = gateway(() =>
      stream(event('error', { error: { code: 'model_unavailable', message: 'down', retryable: true } })),
    );
    await expect(all(streamTurn(calls, '/turns', { text: 'hi' }, {}))).rejects.toMatchObject({
      code: 'model_unavailable',
      message: 'down',
    });
    expect(urls).toHaveLength(1);
  });
});

it('tries a streamed turn as often as the policy says, and no more', async () => {
  const { calls, urls } = gateway(() => {
    throw new TypeError('fetch failed');
  });
  const failed = { name: 'PmmError', code: 'unavailable', retryable: true };
  await expect(all(streamTurn(calls, '/turns', { text: 'hi' }, {}))).rejects.toMatchObject(failed);
  expect(urls).toHaveLength(calls.policy.attempts);
});

describe('follow', () => {
  it('resumes after the last position seen, without gap or double', async () => {
    const { calls, urls } = gateway(
      () => stream(batch(3, 4) + batch(5, 5), true),
      () => stream(batch(6, 8)),
    );
    const abort = new AbortController();
    const seen: number[] = [];
    for await (const { from, to } of follow(calls, '', { after: 2, signal: abort.signal })) {
      seen.push(from, to);
      if (to === 8) abort.abort();
    }
    expect(seen).toEqual([3, 4, 5, 5, 6, 8]);
    expect(urls.slice(0, 2)).toEqual(['http://mind.test/stream?after=2', 'http://mind.test/stream?after=5']);
  });

  it('begins at the head that it asked for, also when the connection breaks before the first batch', async () => {
    const { calls, urls } = gateway(
      () => Response.json({ id: 'ada', head: { position: 5, hash: 'h' } }),
      () => stream(': open\n\n', true),
      () => stream(batch(6, 7)),
    );
    const abort = new AbortController();
    for await (const { from } of follow(calls, '/m', { signal: abort.signal })) {
      expect(from).toBe(6);
      abort.abort();
    }
    expect(urls.map((url) => url.slice('http://mind.test'.length))).toEqual([
      ...['/m', '/m/stream?after=5', '/m/stream?after=5'],
    ]);
  });

  it('does not accept a stream that skips positions', async () => {
    const { calls, urls } = gateway(
      () => stream(batch(1, 2) + batch(4, 4)),
      () => stream(batch(3, 4)),
    );
    const abort = new AbortController();
    const seen: number[] = [];
    for await (const { to } of follow(calls, '', { after: 0, signal: abort.signal })) {
      seen.push(to);
      if (to === 4) abort.abort();
    }
    expect(seen).toEqual([2, 4]);
    expect(urls[1]).toBe('http://mind.test/stream?after=2');
  });

  it('ends with what a retry cannot cure', async () => {
    const unknown = { error: { code: 'unknown_mind', message: 'no such mind', retryable: false } };
    const { calls } = gateway(() => Response.json(unknown, { status: 404 }));
    await expect(all(follow(calls, '', {}))).rejects.toMatchObject({ code: 'unknown_mind' });
  });
});

describe('log files', () => {
  it('splits lines across pieces and inside characters', async () => {
    const body = stream('{"a":"ü"}\n\n{"b":"😀"}\r\nlast').body as ReadableStream<Uint8Array>;
    expect(await all(splitLines(body))).toEqual(['{"a":"ü"}', '{"b":"😀"}\r', 'last']);
  });

  it('does not take a cut export for a whole one', async () => {
    const cut = gateway(() => stream('{"position":1}\n{"position":2}\n'));
    await expect(all(exportLines(cut.calls, '/export'))).rejects.toMatchObject({ code: 'unavailable' });
    const whole = gateway(() => stream('{"position":1}\n{"export":{"events":1}}\n'));
    expect(await all(exportLines(whole.calls, '/export'))).toHaveLength(2);
  });
});
