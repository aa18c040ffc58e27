import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough, Readable } from 'node:stream';
import { foldAll, digestOf, hashEvent } from '#libs/kernel';
import { SERVICE_FOLDS } from '#libs/mind';
import { runCli } from './run-cli';

interface Asked {
  method: string;
  path: string;
  query: URLSearchParams;
  body: string;
}
type Answer = (asked: Asked, response: ServerResponse) => unknown;

/** A gateway that answers what a test tells it to. */
let server: Server;
let url: string;
let folder: string;
let asked: Asked[] = [];
const answers = new Map<string, Answer>();
const on = (route: string, answer: Answer) => answers.set(route, answer);

beforeAll(async () => {
  server = createServer((request, response) => void serve(request, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  folder = mkdtempSync(join(tmpdir(), 'pmm-cli-'));
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
  rmSync(folder, { recursive: true });
});
beforeEach(() => {
  answers.clear();
  asked = [];
});

async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { pathname, searchParams } = new URL(request.url ?? '/', 'http://x');
  let body = '';
  for await (const chunk of request as AsyncIterable<Buffer>) body += chunk.toString('utf8');
  const one = { method: request.method ?? '', path: pathname, query: searchParams, body };
  asked.push(one);
  const answer = answers.get(`${one.method} ${one.path}`);
  const fail = (status: number, code: string, message: string) =>
    response.writeHead(status).end(JSON.stringify({ error: { code, message, retryable: false } }));
  if (!answer) return void fail(404, 'unknown_mind', `there is no ${one.path}`);
  const value = await answer(one, response);
  if (!response.writableEnded) response.end(JSON.stringify(value));
}

async function pmm(words: string[], input = '', env: Record<string, string> = {}) {
  const stdout = new PassThrough();
  const stderr = new PassThrough();
  const shell = { stdin: Readable.from([input]), stdout, stderr, env: { PMM_URL: url, ...env } };
  const code = await runCli(words, shell);
  const text = (stream: PassThrough) => String(stream.read() ?? '');
  return { code, out: text(stdout), err: text(stderr) };
}

const turns: Answer = ({ body }, response) => {
  const { text, turnId } = JSON.parse(body) as { text: string; turnId: string };
  const send = (event: string, data: unknown) =>
    response.write(`event: ${event}\ndata: ${JSON.stringify(data)}\n\n`);
  send('token', { text: 'half' });
  send('restart', { reason: 'resumed' });
  send('token', { text: `You said ${text}` });
  const controls = [{ line: 'COMMIT: listen', kind: 'commit', accepted: true }];
  send('done', {
    turnId,
    text: `You said ${text}`,
    positions: { user: 1, reply: 2 },
    watermark: 2,
    controls,
  });
  response.end();
};

describe('exit codes', () => {
  it.each<[string[], number, RegExp]>([
    [['nonsense'], 2, /unknown command/],
    [['events'], 2, /missing required argument/],
    [['events', 'Not A Mind'], 2, /A mind id is/],
    [['events', 'ada', '--after', '-1'], 2, /whole number/],
    [['minds', '--nonsense'], 2, /unknown option/],
    [['minds', '--url', 'nonsense'], 2, /address such as/],
    [['verify', 'ada', '--position', '3'], 2, /kept head/],
    [['verify', 'ada', '--position', '3', '--hash', 'a'.repeat(64), '--to', '4'], 2, /no --from and --to/],
    [['import', 'ada', '/nonexistent/file'], 2, /can't read/],
    [['replay', './nonexistent'], 2, /neither a mind nor a file/],
    [['state', 'ada'], 1, /^pmm: there is no \/v1\/minds\/ada\/self-model \(unknown_mind\)\n$/],
  ])('%j is %i', async (words, code, message) => {
    const got = await pmm(words);
    expect({ code: got.code, err: got.err }).toEqual({ code, err: expect.stringMatching(message) as string });
  });

  it('is 0 for help, and 1 with one line when nobody answers', async () => {
    expect(await pmm(['--help'])).toMatchObject({ code: 0, err: '' });
    const dead = await pmm(['minds', '--url', 'http://127.0.0.1:9']);
    expect(dead.code).toBe(1);
    expect(dead.err).toMatch(
      /^pmm: no answer from http:\/\/127\.0\.0\.1:9: .*\(is it running\? npm start\)\n$/,
    );
  }, 20_000);
});

it('shows as many of the latest events as are asked for, page by page, the oldest first', async () => {
  const event = (position: number) => ({
    mind: 'ada',
    position,
    kind: 'x.note',
    content: '',
    meta: {},
    at: '',
  });
  on('GET /v1/minds/ada/events', ({ query }) => {
    const from = Number(query.get('after') ?? 10) - 1;
    const count = Math.min(2, Number(query.get('limit')));
    const events = Array.from({ length: count }, (_, n) => event(from - n));
    return { events, head: { position: 9 }, next: from - count + 1 };
  });
  const { out } = await pmm(['events', 'ada', '--limit', '5', '--json']);
  const shown = out.trim().split('\n');
  expect(shown.map((line) => (JSON.parse(line) as { position: number }).position)).toEqual([5, 6, 7, 8, 9]);
  expect(asked.map(({ query }) => query.get('limit'))).toEqual(['5', '3', '1']);
});

describe('chat', () => {
  beforeEach(() => {
    on('GET /v1/minds/mind', () => ({ id: 'mind', head: { position: 0, hash: null } }));
    on('POST /v1/minds/mind/turns', turns);
  });

  it('reads lines from a pipe and prints complete answers', async () => {
    const got = await pmm(['chat'], 'Hello\n\nBye');
    expect(got).toEqual({
      code: 0,
      err: '',
      out: 'You said Hello\n  #1 -> #2\n  COMMIT: listen (accepted)\nYou said Bye\n  #1 -> #2\n  COMMIT: listen (accepted)\n',
    });
  });

  it('prints one JSON value an answer', async () => {
    const { out } = await pmm(['chat', '--json'], 'Hello\n');
    expect(JSON.parse(out)).toMatchObject({ text: 'You said Hello', positions: { user: 1, reply: 2 } });
  });

  it('creates the mind when it does not exist', async () => {
    answers.delete('GET /v1/minds/mind');
    on('POST /v1/minds', () => ({ id: 'mind' }));
    expect((await pmm(['chat'], '')).code).toBe(0);
    expect(asked.find(({ path, method }) => method === 'POST' && path === '/v1/minds')?.body).toBe(
      '{"id":"mind"}',
    );
  });

  it('obeys commands, ends at /quit, and tells of failures without ending', async () => {
    on('POST /v1/minds/mind/ticks', () => ({ tick: 3, position: 9 }));
    on('POST /v1/minds/mind/commitments', () => ({ cid: 'c1', position: 4, existing: false }));
    const got = await pmm(['chat'], '/tick\n/close c1 4\n/commit listen well\n/wrong\n/quit\nnever said\n');
    expect(got.out).toBe('tick 3 is #9\nc1 is open since #4\n');
    expect(got.err).toContain('pmm: there is no /v1/minds/mind/commitments/c1/close');
    expect(got.code).toBe(1);
    expect(asked.some(({ path }) => path.endsWith('/turns'))).toBe(false);
  });

  it.each([
    ['Ctrl-C', '\u0003'],
    ['Ctrl-D', '\u0004'],
  ])('on a terminal ends by %s, also while an answer is on its way', async (_, key) => {
    on('GET /v1/minds/mind/self-model', () => ({ identity: { name: 'Echo' }, stage: 'S0', tick: 1 }));
    let isAsked = () => undefined as void;
    const asking = new Promise<void>((resolve) => (isAsked = resolve));
    on('POST /v1/minds/mind/turns', () => {
      isAsked();
      return new Promise(() => undefined);
    });
    const terminal = () => Object.assign(new PassThrough(), { isTTY: true });
    const [stdin, stdout, stderr] = [terminal(), terminal(), terminal()];
    const running = runCli(['chat'], { stdin, stdout, stderr, env: { PMM_URL: url } });
    stdin.write('Hello\r');
    await asking;
    stdin.write(key);
    expect(await running).toBe(0);
    const shown = String(stdout.read());
    expect(shown.slice(shown.indexOf('Hello'))).not.toContain('you> ');
    expect(shown).toContain('Hello');
    expect(stderr.read()).toBeNull();
  });

  it('explains an event by its causes', async () => {
    const event = (position: number, kind: string, meta: object, content = '') => ({
      ...{
        mind: 'mind',
        position,
        id: `${position}`,
        kind,
        version: 1,
        at: 'now',
        content,
        meta,
        prevHash: null,
        hash: 'h',
      },
    });
    const log = [
      event(1, 'user_message', { turnId: 't1' }, 'Promise me to listen'),
      event(2, 'assistant_message', { turnId: 't1', contextPosition: 1 }, 'I do'),
      event(3, 'commitment_open', { cid: 'c1', source: 'assistant', origin: -1 }, 'listen'),
      event(4, 'commitment_close', { cid: 'c1', evidence: [2] }),
      event(5, 'commitment_open', { cid: 'c2', source: 'api' }, 'another'),
      event(6, 'user_message', { turnId: 't2' }, 'Another turn'),
      event(7, 'turn_failed', { turnId: 't1', code: 'model_refused' }),
      event(8, 'commitment_close', { cid: 'c1', evidence: [3] }),
    ];
    on('GET /v1/minds/mind/events', ({ query }) => {
      const after = Number(query.get('after'));
      const desc = query.get('order') === 'desc';
      const kind = query.get('kind');
      const some = log.filter(
        (one) => (desc ? one.position < after : one.position > after) && (!kind || one.kind === kind),
      );
      return {
        events: (desc ? some.reverse() : some).slice(0, Number(query.get('limit'))),
        head: { position: 8 },
      };
    });
    on('GET /v1/minds/mind/why', ({ query }) => ({
      position: Number(query.get('position')),
      kind: 'any',
      basis: null,
    }));
    const { out } = await pmm(['chat'], '/why 4\n/why 2\n/why 7\n/why 8\n');
    expect(out.split('\n').filter((line) => line.includes('because'))).toEqual([
      '  because  #2  assistant_message  I do  [evidence]',
      '  because  #3  commitment_open  listen  [opened by]',
      '  because  #1  user_message  Promise me to listen  [contextPosition, said by the user]',
      '  because  #1  user_message  Promise me to listen  [said by the user]',
      '  because  #3  commitment_open  listen  [evidence, opened by]',
    ]);
    expect((await pmm(['why', 'mind', '2'])).out).toMatch(/^#2  assistant_message  I do\n/);
    expect(await pmm(['chat'], '/why 99\n')).toMatchObject({
      code: 1,
      err: expect.stringContaining('#99') as string,
    });
  });
});

describe('system', () => {
  const counters = {};
  const replica = (instance: string, shards: number[], residentMinds = 0) => ({
    ...{ instance, shards, residentMinds },
    startedAt: '2026-01-01T00:00:00.000Z',
  });
  const report = {
    nats: { state: 'connected', server: 'n', version: '2.9.10' },
    shards: 8,
    missing: ['reflection'],
    services: {
      'event-log': {
        replicas: [replica('one', [0, 1, 2, 6]), replica('another', [3, 4, 5, 7])],
        ...{ shardsOwned: 8, counters, seconds: {} },
      },
      projection: {
        replicas: [replica('third', [0, 1, 2, 3, 4, 5, 6, 7], 12)],
        ...{ shardsOwned: 8, counters, seconds: {} },
      },
      gateway: { replicas: [replica('door', [])], shardsOwned: 0, counters, seconds: {} },
    },
    totals: {
      reads: { memory: 3, postgres: 0, byPurpose: { broadcast: 3 } },
      ...{ broadcasts: 1, batches: { folded: 1 }, folded: 1, appends: 1, appendedEvents: 1 },
      ...{ repairs: 0, rebuilds: 0, ticks: 0, alarms: 0 },
    },
    lagSeconds: { projection: 0.0014 },
  };

  it('shows of each member which shards it owns, and which service is missing', async () => {
    on('GET /v1/system', () => report);
    const { code, out, err } = await pmm(['system']);
    expect({ code, err }).toEqual({ code: 0, err: '' });
    const [services, members] = out.split('\n\n').map((part) => part.split('\n'));
    expect(services).toEqual([
      'service     members  shards  minds  lag',
      'event-log         2  8/8         0  -',
      'projection        1  8/8        12  1.4 ms',
      'gateway           1  -           0  -',
      'reflection        0  0/8         0  no answer',
    ]);
    expect(members).toEqual([
      'member of   instance  started                   owns  shards',
      'event-log   one       2026-01-01T00:00:00.000Z     4  0-2 6',
      'event-log   another   2026-01-01T00:00:00.000Z     4  3-5 7',
      'projection  third     2026-01-01T00:00:00.000Z     8  0-7',
      'gateway     door      2026-01-01T00:00:00.000Z     -  -',
    ]);
  });

  it('hands the report on as it is with --json', async () => {
    on('GET /v1/system', () => report);
    expect(JSON.parse((await pmm(['system', '--json'])).out)).toEqual(report);
  });
});

describe('logs', () => {
  const event = (position: number, prevHash: string | null) => {
    const at = '2026-01-01T00:00:00.000Z';
    const id = `00000000-0000-4000-8000-00000000000${position}`;
    const meta = { tick: position, reason: 'requested' };
    const one = {
      mind: 'ada',
      position,
      id,
      kind: 'autonomy_tick',
      version: 1,
      at,
      content: '',
      meta,
      prevHash,
    };
    return { ...one, hash: hashEvent(one) };
  };
  const first = event(1, null);
  const second = event(2, first.hash);
  const lines = [
    first,
    second,
    { export: { format: 'pmm.v1', mind: 'ada', events: 2, headHash: second.hash } },
  ].map((line) => `${JSON.stringify(line)}\n`);
  const live = () =>
    Object.fromEntries(
      Object.entries(SERVICE_FOLDS).map(([service, fold]) => {
        const digest = digestOf(fold, foldAll(fold, [first, second]));
        return [service, { watermark: 2, digest, foldVersion: fold.version }];
      }),
    );

  beforeEach(() => {
    on('GET /v1/minds/ada', () => ({ id: 'ada', head: { position: 2, hash: second.hash } }));
    on('GET /v1/minds/ada/export', (_, response) => response.end(lines.join('')));
  });

  it('exports to standard output and to a file that appears only when it is whole', async () => {
    expect((await pmm(['export', 'ada'])).out).toBe(lines.join(''));
    const file = join(folder, 'ada.jsonl');
    expect((await pmm(['export', 'ada', file])).out).toBe(`2 events of ada are in ${file}\n`);
    expect(readFileSync(file, 'utf8')).toBe(lines.join(''));
    on('GET /v1/minds/ada/export', (_, response) => response.end(lines[0]));
    const cut = await pmm(['export', 'ada', join(folder, 'cut.jsonl')]);
    expect(cut).toMatchObject({ code: 1, err: 'pmm: the export ended early (unavailable)\n' });
    expect(readdirSync(folder)).toEqual(['ada.jsonl']);
  });

  it('imports a file as what it is, into a mind that it creates', async () => {
    answers.delete('GET /v1/minds/ada');
    on('POST /v1/minds', () => ({ id: 'ada' }));
    on('POST /v1/minds/ada/import', () => ({ events: 2, format: 'pmm.v1', headHash: 'h' }));
    const file = join(folder, 'in.jsonl');
    writeFileSync(file, lines.join(''));
    const got = await pmm(['import', 'ada', file]);
    expect(got).toMatchObject({ code: 0, err: '' });
    expect(got.out).toContain('2 events (format pmm.v1) are now in ada, head h');
    expect(asked.at(-1)?.body).toBe(lines.join(''));
    rmSync(file);
  });

  it('replays a mind and finds it equal, or not', async () => {
    on('GET /v1/minds/ada/digests', () => ({ services: live() }));
    const equal = await pmm(['replay', 'ada']);
    expect(equal).toMatchObject({ code: 0, err: '' });
    expect(equal.out).toContain('every digest is equal');
    const wrong = { ...live(), commitment: { watermark: 2, digest: '0'.repeat(64), foldVersion: 1 } };
    on('GET /v1/minds/ada/digests', () => ({ services: wrong }));
    const differs = await pmm(['replay', 'ada', '--json']);
    expect(differs.code).toBe(1);
    expect(JSON.parse(differs.out)).toMatchObject({
      equal: false,
      services: { commitment: { equal: false }, projection: { equal: true } },
    });
  });

  it('asks for the state of then where a cache has gone on', async () => {
    const ahead = Object.fromEntries(
      Object.entries(live()).map(([service, one]) => [service, { ...one, watermark: 3 }]),
    );
    on('GET /v1/minds/ada/digests', ({ query }) => ({ services: query.has('at') ? live() : ahead }));
    expect((await pmm(['replay', 'ada'])).code).toBe(0);
    expect(asked.at(-1)?.query.get('at')).toBe('2');
  });

  it('replays a file without any gateway', async () => {
    const file = join(folder, 'ada.jsonl');
    const got = await pmm(['replay', file, '--json'], '', { PMM_URL: 'http://127.0.0.1:9' });
    expect(got.code).toBe(0);
    const { services } = JSON.parse(got.out) as { services: Record<string, { digest: string }> };
    expect(services.projection?.digest).toBe(live().projection?.digest);
    writeFileSync(join(folder, 'bad.jsonl'), lines.join('').replace('"tick":1', '"tick":7'));
    const bad = await pmm(['replay', join(folder, 'bad.jsonl')]);
    expect(bad).toMatchObject({
      code: 1,
      err: 'pmm: position 1: hash does not fit the event (invalid_request)\n',
    });
  });

  it('verifies, and fails when something is bad', async () => {
    on('GET /v1/minds/ada/verify', () => ({ ok: true, events: 2, headHash: 'h' }));
    expect(await pmm(['verify', 'ada'])).toMatchObject({ code: 0, out: 'ok: 2 events, head h\n' });
    const firstBad = { position: 2, reason: 'hash' };
    on('GET /v1/minds/ada/verify', () => ({ ok: false, events: 1, headHash: null, firstBad }));
    expect(await pmm(['verify', 'ada'])).toMatchObject({ code: 1, out: 'position 2 is bad: hash\n' });
    on('GET /v1/minds/ada/verify', ({ query }) => ({ matches: query.get('hash') === 'a'.repeat(64) }));
    const receipt = (digit: string) => pmm(['verify', 'ada', '--position', '2', '--hash', digit.repeat(64)]);
    expect((await receipt('a')).code).toBe(0);
    expect((await receipt('b')).code).toBe(1);
  });

  it('shows the latest events in order, or all after a position', async () => {
    on('GET /v1/minds/ada/events', ({ query }) => {
      const head = { position: 2, hash: 'h' };
      if (query.get('order') === 'desc') return { events: [second, first], head };
      if (query.get('after') === '0') return { events: [first], head, next: 1 };
      return { events: [second], head };
    });
    const both = (out: string) => [...out.matchAll(/#(\d)/g)].map(([, position]) => position);
    expect(both((await pmm(['events', 'ada'])).out)).toEqual(['1', '2']);
    expect(both((await pmm(['events', 'ada', '--after', '0'])).out)).toEqual(['1', '2']);
    expect(both((await pmm(['events', 'ada', '--after', '0', '--limit', '1'])).out)).toEqual(['1']);
    const json = await pmm(['--json', 'events', 'ada', '--after', '1']);
    expect(
      json.out
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as unknown),
    ).toEqual([second]);
  });
});
