import { headers, type Msg } from 'nats';
import { HEADERS, shardOf, subjects, type Batch } from '#libs/contracts';
import { withServers, type Servers } from '#test/support/servers';
import { answerServiceProtocol } from './service-protocol';
import { gate } from './testing/test-cache';
import { underTrace } from './trace';
import { TEST_SHARDS, testClient, testService, type TestService } from './testing/test-service';

let servers: Servers;
let client: Awaited<ReturnType<typeof testClient>>;
let member: TestService;

beforeAll(async () => {
  servers = await withServers({ postgres: false });
  client = await testClient(servers.natsUrl);
}, 30_000);
afterAll(async () => {
  await client?.link.close();
  await servers?.stop();
});
beforeEach(async () => {
  member = await testService(servers.natsUrl);
});
afterEach(async () => {
  await member.stop();
});

const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
const subject = (verb: string, mind = 'ada') =>
  subjects.request('projection', shardOf(mind, TEST_SHARDS), verb);
const ask = (verb: string, payload: { mind: string; text?: string }, options = {}) =>
  client.requests.ask<{ text: string; instance: string }>('projection', payload.mind, verb, payload, options);
const failure = async (work: Promise<unknown>) => {
  const error: unknown = await work.then(
    () => null,
    (reason: unknown) => reason,
  );
  return error as { code: string; message: string; retryable: boolean; head?: object };
};
async function until(condition: () => boolean): Promise<void> {
  for (let i = 0; i < 500 && !condition(); i++) await sleep(10);
  expect(condition()).toBe(true);
}
const batch = (mind: string, from: number, to = from): Batch => ({
  v: 1,
  mind,
  from,
  to,
  prevHash: null,
  headHash: 'f',
  events: [],
});
const publishBatch = (one: Batch) =>
  client.link.publish(subjects.batch(shardOf(one.mind, TEST_SHARDS), one.mind), one);

describe('a request', () => {
  it('is answered with what the handler gives; defaults and context reach the handler', async () => {
    const deadlineAt = Date.now() + 1_234;
    const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
    expect(await ask('echo', { mind: 'ada' }, { deadlineAt, traceparent })).toEqual({
      text: '',
      instance: member.instance,
    });
    expect(member.door.contexts).toEqual([{ shard: shardOf('ada', TEST_SHARDS), deadlineAt, traceparent }]);
  });

  it('is worked on under the trace of its caller, who need not name it', async () => {
    const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
    await underTrace(traceparent, () => ask('echo', { mind: 'ada' }));
    await underTrace('no trace at all', () => ask('echo', { mind: 'ada' }));
    expect(member.door.traces).toEqual([traceparent, undefined]);
    expect(member.door.contexts.map((context) => context.traceparent)).toEqual([traceparent, undefined]);
  });

  it('can be asked by any NATS client, with plain JSON and no headers', async () => {
    const reply = await client.link.nc.request(subject('echo'), '{"mind":"ada","text":"hi"}', {
      timeout: 1_000,
    });
    expect(reply.json()).toMatchObject({ text: 'hi' });
    const [context] = member.door.contexts;
    expect(context?.deadlineAt).toBeGreaterThan(Date.now() + 20_000);
  });

  it('is answered by ready JSON as it is, and by an empty object when there is nothing to say', async () => {
    const raw = await client.link.nc.request(subject('raw'), '{"mind":"ada"}', { timeout: 1_000 });
    expect(raw.string()).toBe('{"n":1.0}');
    expect(await ask('nothing', { mind: 'ada' })).toEqual({});
  });

  it('fails with the code, message, retryable and head of what was thrown or rejected', async () => {
    expect(await failure(ask('fail', { mind: 'ada', text: 'moved on' }))).toMatchObject({
      code: 'version_conflict',
      message: 'moved on',
      retryable: false,
      head: { position: 7, hash: 'f' },
    });
    expect(await failure(ask('reject', { mind: 'ada', text: 'later' }))).toMatchObject({
      code: 'busy',
      retryable: true,
    });
  });

  it('fails as internal, without detail, when there is a bug; the log has it', async () => {
    const error = await failure(ask('fail', { mind: 'ada', text: 'bug' }));
    expect(error.code).toBe('internal');
    expect(JSON.stringify(error)).not.toContain('secret');
    expect(member.logged.join()).toContain('the secret detail');
  });

  it('is an invalid_request when it fails its schema or is no JSON', async () => {
    for (const payload of ['{"mind":1}', '{"mind":"ada","more":1}', '{', 'null', '[]', '']) {
      const reply = await client.link.nc.request(subject('echo'), payload, { timeout: 1_000 });
      expect(reply.json()).toMatchObject({ error: { code: 'invalid_request', retryable: false } });
    }
    expect(member.door.contexts).toEqual([]);
  });

  it('is too_large when its reply is', async () => {
    expect(await failure(ask('big', { mind: 'ada' }))).toMatchObject({ code: 'too_large' });
  });

  it('is unavailable for good when its reply is no JSON: the same would come again', async () => {
    expect(await failure(ask('garbled', { mind: 'ada' }))).toMatchObject({
      code: 'unavailable',
      retryable: false,
    });
    expect(member.door.seen).toEqual(['garbled']);
  });

  it('is dropped unread when its deadline has passed', async () => {
    const past = headers();
    past.set(HEADERS.deadline, String(Date.now() - 1));
    for (const payload of ['{"mind":"ada"}', '{']) {
      const asked = client.link.nc.request(subject('echo'), payload, { timeout: 300, headers: past });
      await expect(asked).rejects.toMatchObject({ code: 'TIMEOUT' });
    }
    expect(member.door.contexts).toEqual([]);
    expect((await member.metrics.counters())['pmm_requests_total{verb="echo",result="dropped"}']).toBe(2);
  });

  it('is dropped when its deadline passes while it waits in line', async () => {
    const first = gate();
    member.door.wait = () => first.opened;
    const one = ask('serial', { mind: 'ada', text: '1' });
    await until(() => member.door.seen.length === 1);
    const two = failure(ask('serial', { mind: 'ada', text: '2' }, { timeoutMs: 100 }));
    expect(await two).toMatchObject({ code: 'timeout' });
    // The asker gives up in the very millisecond of the deadline; only after it the request is too late.
    await sleep(10);
    first.open();
    await one;
    await sleep(50);
    expect(member.door.seen).toEqual(['ada 1 begins', 'ada 1 ends']);
  });

  it('that nobody answers is asked again each 100 ms, and is unavailable at its deadline', async () => {
    const began = Date.now();
    const error = await failure(client.requests.askShard('commitment', 1, 'list', {}, { timeoutMs: 450 }));
    expect(error).toMatchObject({ code: 'unavailable', retryable: true });
    expect(Date.now() - began).toBeGreaterThanOrEqual(440);
    expect(Date.now() - began).toBeLessThan(900);
  });

  it('that nobody answers at first is answered as soon as somebody is there', async () => {
    await member.stop();
    const asked = ask('echo', { mind: 'ada', text: 'late' }, { timeoutMs: 10_000 });
    await sleep(300);
    member = await testService(servers.natsUrl);
    expect(await asked).toMatchObject({ text: 'late' });
  });

  it('that a member swallowed is sent again', async () => {
    let swallowed = 0;
    const eater = client.link.subscribe(subjects.unsharded('gateway', 'x'), () => (swallowed += 1));
    const asked = client.requests.askAny('gateway', 'x', {}, { timeoutMs: 5_000, resendMs: 100 });
    await until(() => swallowed > 1);
    eater.unsubscribe();
    const answering = client.link.subscribe(subjects.unsharded('gateway', 'x'), (message: Msg) =>
      message.respond('{"ok":true}'),
    );
    expect(await asked).toEqual({ ok: true });
    answering.unsubscribe();
  });

  it('that is too large for a message is refused before it is sent', async () => {
    const text = 'x'.repeat(2 * 1024 * 1024);
    expect(await failure(ask('echo', { mind: 'ada', text }))).toMatchObject({ code: 'too_large' });
  });
});

describe('order', () => {
  it('is kept per mind by a serial verb; minds run side by side', async () => {
    const ada = gate();
    member.door.wait = (mind) => (mind === 'ada' ? ada.opened : Promise.resolve());
    const asked = ['1', '2', '3'].map((text) => ask('serial', { mind: 'ada', text }));
    await until(() => member.door.seen.length === 1);
    await ask('serial', { mind: 'bob', text: '1' });
    expect(member.door.seen).toEqual(['ada 1 begins', 'bob 1 begins', 'bob 1 ends']);
    ada.open();
    await Promise.all(asked);
    expect(member.door.seen.slice(3)).toEqual([
      'ada 1 ends',
      'ada 2 begins',
      'ada 2 ends',
      'ada 3 begins',
      'ada 3 ends',
    ]);
  });

  it('is nobody’s concern for the other verbs', async () => {
    const open = gate();
    member.door.wait = () => open.opened;
    const asked = ['1', '2'].map((text) => ask('slow', { mind: 'ada', text }));
    await until(() => member.door.seen.length === 2);
    open.open();
    await Promise.all(asked);
  });
});

describe('the batch feed', () => {
  it('is serial per mind, side by side for others, and goes on after a failure', async () => {
    const ada = gate();
    member.door.wait = (mind) => (mind === 'ada' ? ada.opened : Promise.resolve());
    for (const one of [batch('ada', 1), batch('ada', 13), batch('bob', 1), batch('ada', 14)])
      publishBatch(one);
    await until(() => member.door.batches.length === 1);
    expect(member.door.seen).toEqual(['ada 1 begins', 'bob 1 begins', 'bob 1 ends']);
    ada.open();
    await until(() => member.door.batches.length === 3);
    expect(member.door.batches.map(({ mind, from }) => `${mind} ${from}`)).toEqual([
      'bob 1',
      'ada 1',
      'ada 14',
    ]);
    expect(member.logged.join()).toContain('unlucky');
  });

  it('survives what is no batch', async () => {
    client.link.publishText(subjects.batch(shardOf('ada', TEST_SHARDS), 'ada'), '{');
    publishBatch(batch('ada', 2));
    await until(() => member.door.batches.length === 1);
  });

  it('brings announcements with their shard', async () => {
    const appended = { spans: [{ mind: 'ada', from: 1, to: 2 }] };
    client.link.publish(subjects.appended(5), appended);
    await until(() => member.door.appended.length === 1);
    expect(member.door.appended).toEqual([{ appended, shard: 5 }]);
  });
});

describe('the service protocol', () => {
  it.each(['$SRV.PING', '$SRV.PING.projection', '$SRV.INFO', '$SRV.STATS'])('answers %s', async (asked) => {
    const { link, instance, transport, metrics, ownership } = member;
    answerServiceProtocol(
      link,
      {
        service: 'projection',
        instance,
        version: '1.2.3',
        description: 'test',
        serves: () => false,
        endpoints: () => transport.endpoints(),
        stats: async () => ({
          instance,
          startedAt: '2026-01-01T00:00:00.000Z',
          shards: [...ownership.owned()],
          counters: await metrics.counters(),
          metrics: [],
        }),
      },
      (error) => {
        throw error;
      },
    );
    await ask('echo', { mind: 'ada' });
    await failure(ask('fail', { mind: 'ada' }));
    await link.nc.flush();
    const reply = (await client.link.nc.request(asked, '', { timeout: 1_000 })).json<
      Record<string, unknown>
    >();
    expect(reply).toMatchObject({ name: 'projection', id: instance, version: '1.2.3' });
    const verb = asked.split('.')[1]?.toLowerCase();
    expect(reply.type).toBe(`io.nats.micro.v1.${verb}_response`);
    if (verb === 'info') {
      expect(reply.endpoints).toContainEqual(
        expect.objectContaining({ name: 'echo', subject: 'pmm.v1.projection.*.echo' }),
      );
      expect(reply.endpoints).toContainEqual(
        expect.objectContaining({ name: 'who', subject: 'pmm.v1.projection.who' }),
      );
    }
    if (verb === 'stats') {
      expect(reply.endpoints).toContainEqual(
        expect.objectContaining({ name: 'echo', num_requests: 1, num_errors: 0 }),
      );
      expect(reply.endpoints).toContainEqual(
        expect.objectContaining({ name: 'fail', num_requests: 1, num_errors: 1 }),
      );
      expect((reply.data as { shards: number[] }).shards).toHaveLength(TEST_SHARDS);
    }
  });
});

describe('closing', () => {
  it('finishes what was accepted and answers it, also what waits in line', async () => {
    const open = gate();
    member.door.wait = () => open.opened;
    const asked = [
      ask('slow', { mind: 'ada', text: '1' }),
      ask('serial', { mind: 'bob', text: '2' }),
      ask('serial', { mind: 'bob', text: '3' }),
    ];
    await until(() => member.door.seen.length === 2);
    let closed = false;
    const closing = member.stop().then(() => (closed = true));
    await sleep(300);
    expect(closed).toBe(false);
    open.open();
    expect((await Promise.all(asked)).map(({ text }) => text)).toEqual(['1', '2', '3']);
    await closing;
    member = await testService(servers.natsUrl);
  });

  it('finishes the batches that were accepted', async () => {
    const open = gate();
    member.door.wait = () => open.opened;
    for (const position of [1, 2]) publishBatch(batch('cyd', position));
    await until(() => member.door.seen.length === 1);
    let closed = false;
    const closing = member.stop().then(() => (closed = true));
    await sleep(300);
    expect(closed).toBe(false);
    open.open();
    await closing;
    expect(member.door.batches.map(({ from }) => from)).toEqual([1, 2]);
    member = await testService(servers.natsUrl);
  });

  it('loses no request that is on its way meanwhile, when another member is there', async () => {
    const other = await testService(servers.natsUrl);
    let going = true;
    const results: unknown[] = [];
    const failures: unknown[] = [];
    const slowest: number[] = [];
    const flow = async (mind: string) => {
      while (going) {
        const began = Date.now();
        await ask('echo', { mind }, { timeoutMs: 5_000 }).then(
          ({ instance }) => results.push(instance),
          (error) => failures.push(error),
        );
        slowest.push(Date.now() - began);
      }
    };
    const flows = Array.from({ length: 40 }, (_, n) => flow(`mind-${n}`));
    await sleep(300);
    const third = await testService(servers.natsUrl);
    await sleep(300);
    await other.stop();
    await sleep(300);
    await third.stop();
    await sleep(300);
    going = false;
    await Promise.all(flows);
    expect(failures).toEqual([]);
    expect(new Set(results)).toEqual(new Set([member.instance, other.instance, third.instance]));
    expect(Math.max(...slowest)).toBeLessThan(1_000);
  }, 20_000);
});

describe('two members', () => {
  it('share the shards; each answers only for its own; verbs without shard are answered by both', async () => {
    const other = await testService(servers.natsUrl);
    await until(() => member.ownership.owned().length + other.ownership.owned().length === TEST_SHARDS);
    // Who has given a shard up answers until it has drained, for 1 s at most.
    await sleep(1_100);
    for (let n = 0; n < 20; n++) {
      const mind = `mind-${n}`;
      const owner = member.ownership.owns(shardOf(mind, TEST_SHARDS)) ? member : other;
      expect(await ask('echo', { mind })).toMatchObject({ instance: owner.instance });
      publishBatch(batch(mind, 1));
    }
    await until(() => member.door.batches.length + other.door.batches.length === 20);
    const answers = new Set<string>();
    const inbox = 'test.inbox';
    const heard = client.link.subscribe(inbox, (message) =>
      answers.add(message.json<{ instance: string }>().instance),
    );
    client.link.nc.publish(subjects.unsharded('projection', 'who'), '{}', { reply: inbox });
    await until(() => answers.size === 2);
    heard.unsubscribe();
    await other.stop();
  }, 15_000);
});
