import { randomUUID } from 'node:crypto';
import { shardOf, type AppendReply, type NewEvent } from '#libs/contracts';
import { linkFault } from '#libs/kernel';
import { withServers, type Servers } from '#test/support/servers';
import { append, asOwner, note, openReplica, openRig, readAll, SHARDS, soon, type Rig } from '../../test/rig';

jest.setTimeout(120_000);

let servers: Servers;
let log: Rig;

beforeAll(async () => {
  servers = await withServers({ nats: false });
  log = await openRig(servers.postgresUrl);
});
const replicas: Rig[] = [];
afterAll(async () => {
  await Promise.all(replicas.map((replica) => replica.close()));
  await log?.close();
  await servers?.stop();
});

async function replica(options: Parameters<typeof openReplica>[1] = {}): Promise<Rig> {
  const another = await openReplica(servers.postgresUrl, options);
  replicas.push(another);
  return another;
}

let minds = 0;
async function newMind(): Promise<string> {
  const mind = `m${(minds += 1)}`;
  await log.minds.create({ mind });
  return mind;
}

/** Another mind, whose appends go into one statement with those of this one when they come together. */
async function sharingFlushes(mind: string): Promise<string> {
  for (let round = 0; round < 50; round++) {
    const another = await newMind();
    if ((shardOf(another, SHARDS) - shardOf(mind, SHARDS)) % 2 === 0) return another;
  }
  throw new Error('there is none');
}

async function expectOneChain(mind: string, count: number, reader = log): Promise<void> {
  const events = await readAll(reader, mind);
  expect(events.map(({ position }) => position)).toEqual(Array.from({ length: count }, (_, i) => i + 1));
  let previous: { position: number; hash: string | null } = { position: 0, hash: null };
  for (const event of events) {
    expect(linkFault(event, previous)).toBeNull();
    previous = event;
  }
}

describe('append', () => {
  it('gives positions and hashes in order, and announces each span', async () => {
    const mind = await newMind();
    const first = await append(log, mind, [note('one'), note('two')]);
    const second = await append(log, mind, [note('three')]);
    expect([first, second]).toMatchObject([
      { from: 1, to: 2, duplicate: false },
      { from: 3, to: 3, duplicate: false },
    ]);
    const events = await readAll(log, mind);
    expect(events[2]?.hash).toBe(second.headHash);
    expect(events[1]?.hash).toBe(first.headHash);
    const spans = log.announced.filter(({ again }) => !again).flatMap(({ spans }) => spans);
    expect(spans.filter((span) => span.mind === mind)).toEqual([
      { mind, from: 1, to: 2 },
      // No batch has shown the first two yet.
      { mind, from: 1, to: 3 },
    ]);
    await expectOneChain(mind, 3);
  });

  it.each(['in memory', 'only in the database'])(
    'answers the same events again with the first reply, %s',
    async (where) => {
      const mind = await newMind();
      const events = [note('one'), note('two')];
      const first = await append(log, mind, events);
      await append(log, mind, [note('three')]);
      if (where !== 'in memory') log.tails.drop(mind);
      const again = await append(log, mind, events, 77);
      expect(again).toEqual({ ...first, duplicate: true });
      await expectOneChain(mind, 3);
    },
  );

  it.each(['in memory', 'only in the database'])(
    'refuses ids that are known otherwise, %s',
    async (where) => {
      const mind = await newMind();
      const [a, b] = [note('one'), note('two')];
      await append(log, mind, [a, b]);
      const { head } = await log.minds.get(mind);
      const contradictions: NewEvent[][] = [
        [a],
        [b],
        [a, b, note('three')],
        [note('zero'), a],
        [b, a],
        [{ ...a, content: 'other' }, b],
        [{ ...a, meta: { n: 4 } }, b],
        [{ ...a, kind: 'x.other' }, b],
      ];
      for (const [index, events] of contradictions.entries()) {
        if (where !== 'in memory') log.tails.drop(mind);
        // A part that is known just as it is, from its beginning on, is the same append only when it is whole.
        if (index < 2) await expect(append(log, mind, events)).resolves.toMatchObject({ duplicate: true });
        else await expect(append(log, mind, events)).rejects.toMatchObject({ code: 'id_conflict', head });
      }
      expect((await log.minds.get(mind)).head).toEqual(head);
    },
  );

  it('refuses another position than expected, with the true head', async () => {
    const mind = await newMind();
    await append(log, mind, [note('one')], 0);
    const { head } = await log.minds.get(mind);
    await expect(append(log, mind, [note('two')], 0)).rejects.toMatchObject({
      code: 'version_conflict',
      head,
    });
    await expect(append(log, mind, [note('two')], 2)).rejects.toMatchObject({
      code: 'version_conflict',
      head,
    });
    await expect(append(log, mind, [note('two')], 1)).resolves.toMatchObject({ from: 2 });
  });

  it('lets one of many that expect the same position in', async () => {
    const mind = await newMind();
    const results = await Promise.allSettled(
      Array.from({ length: 20 }, (_, n) => append(log, mind, [note(`n${n}`)], 0)),
    );
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    await expectOneChain(mind, 1);
  });

  it('stores an append that arrives many times at once only once', async () => {
    const mind = await newMind();
    const events = [note('one'), note('two')];
    const replies = await Promise.all(Array.from({ length: 30 }, () => append(log, mind, events)));
    expect(replies.filter(({ duplicate }) => !duplicate)).toHaveLength(1);
    expect(new Set(replies.map(({ from, to, headHash }) => `${from} ${to} ${headHash}`)).size).toBe(1);
    await expectOneChain(mind, 2);
  });

  it('refuses bad events, an unknown mind, an archived one, and leaves the head alone', async () => {
    const mind = await newMind();
    const kept = note('one');
    await append(log, mind, [kept]);
    const { head } = await log.minds.get(mind);
    const twice = note('a');
    const bad: [NewEvent[], string][] = [
      [[{ ...note('a'), kind: 'unheard' }], 'invalid_event'],
      [[note('a\u0000')], 'invalid_event'],
      [[note('a\ud800')], 'invalid_event'],
      [[{ ...note('a'), meta: { n: 2 ** 60 } }], 'invalid_event'],
      [[{ ...note('a'), meta: { legacy: {} } }], 'invalid_event'],
      [[note('good'), { ...note('a'), kind: 'autonomy_tick' }], 'invalid_event'],
      [[twice, twice], 'invalid_request'],
      [[note('é'.repeat(140_000))], 'too_large'],
      [Array.from({ length: 10 }, () => note('x'.repeat(100_000))), 'too_large'],
    ];
    for (const [events, code] of bad) await expect(append(log, mind, events)).rejects.toMatchObject({ code });
    await expect(append(log, 'nobody', [note('a')])).rejects.toMatchObject({ code: 'unknown_mind' });
    await log.minds.archive({ mind, archived: true });
    await expect(append(log, mind, [note('a')])).rejects.toMatchObject({ code: 'forbidden' });
    // What is in the log already was not refused.
    await expect(append(log, mind, [kept])).resolves.toMatchObject({ from: 1, duplicate: true });
    await log.minds.archive({ mind, archived: false });
    expect((await log.minds.get(mind)).head).toEqual(head);
    await expect(append(log, mind, [note('a')])).resolves.toMatchObject({ from: 2 });
  });

  it('refuses what is for a mind that another replica archived, and nothing else', async () => {
    const other = await replica();
    const [mind, empty] = [await newMind(), await newMind()];
    const awake = await sharingFlushes(mind);
    const all = () =>
      Promise.allSettled([mind, awake].map((each) => append(other, each, [note('a'), note('b')])));
    expect((await all()).map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled']);
    await other.minds.get(empty);
    for (const each of [mind, empty]) await log.minds.archive({ mind: each, archived: true });
    expect(await all()).toMatchObject([
      { reason: { code: 'forbidden' } },
      { value: { from: 3, to: 4, duplicate: false } },
    ]);
    const file = { mind: empty, session: randomUUID(), seq: 0, text: '{}', last: true };
    await expect(other.imports.take(file)).rejects.toMatchObject({ code: 'forbidden' });
    await expectOneChain(mind, 2, other);

    for (const each of [mind, empty]) await log.minds.archive({ mind: each, archived: false });
    expect(await other.minds.get(mind)).toMatchObject({ archivedAt: null });
    expect((await all()).map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled']);
  });

  it('drops what nobody waits for any more', async () => {
    const mind = await newMind();
    const late = log.appender.append({ mind, events: [note('late')] }, Date.now() - 1);
    await expect(late).rejects.toMatchObject({ code: 'timeout' });
    await expectOneChain(mind, 0);
  });

  it('never gives an event an earlier time than the one before', async () => {
    const mind = await newMind();
    await append(log, mind, [note('one')]);
    let now = Date.now() - 3_600_000;
    const clock = { now: () => now, monotonicMs: () => performance.now(), sleep: () => Promise.resolve() };
    const behind = await replica({ clock });
    await behind.appender.append({ mind, events: [note('two')] }, now + 60_000);
    now += 7_200_000;
    await behind.appender.append({ mind, events: [note('three')] }, now + 60_000);
    const [one, two, three] = await readAll(behind, mind);
    expect(two?.at).toBe(one?.at);
    expect(three?.at).toBe(new Date(now).toISOString());
  });
});

describe('a group of appends', () => {
  it('fails only for the mind that somebody else wrote to', async () => {
    const others = await Promise.all(Array.from({ length: 10 }, newMind));
    const contested = await newMind();
    await append(log, contested, [note('ours')]);
    const intruder = await replica();
    await append(intruder, contested, [note('theirs')]);
    const before = log.counts.get('judged conflict') ?? 0;
    const replies = await Promise.all(
      [...others, contested].map((mind) => append(log, mind, [note('again')])),
    );
    expect(replies.map(({ from }) => from)).toEqual([...others.map(() => 1), 3]);
    expect(log.counts.get('judged conflict')).toBe(before + 1);
    await expectOneChain(contested, 3);
  });

  it('commits many appends of many minds together', async () => {
    const some = await Promise.all(Array.from({ length: 20 }, newMind));
    const commits = log.counts.get('commits') ?? 0;
    await Promise.all(
      Array.from({ length: 400 }, (_, n) => append(log, some[n % 20] ?? '', [note(`n${n}`)])),
    );
    expect((log.counts.get('commits') ?? 0) - commits).toBeLessThan(40);
    for (const mind of some) await expectOneChain(mind, 20);
  });

  it('takes no longer for others when one mind is locked', async () => {
    const [free, locked] = [await newMind(), await newMind()];
    await asOwner(servers.postgresUrl, async (client) => {
      await client.query('BEGIN');
      await client.query(
        `INSERT INTO events (mind, position, id, kind, at, prev_hash, hash, body)
          VALUES ($1, 1, $2, 'x.note', now(), NULL, decode(repeat('00', 32), 'hex'), '{}')`,
        [locked, randomUUID()],
      );
      const blocked = append(log, locked, [note('blocked')]);
      await expect(blocked).rejects.toMatchObject({ code: 'busy', retryable: true });
      await expect(append(log, free, [note('free')])).resolves.toMatchObject({ from: 1 });
      await client.query('ROLLBACK');
    });
    await expect(append(log, locked, [note('now')])).resolves.toMatchObject({ from: 1 });
  });
});

describe('two replicas and eight writers on one mind', () => {
  it('make one chain of 10,000 events, each acknowledged id in it once', async () => {
    const mind = await newMind();
    const other = await replica();
    const acknowledged = new Map<string, AppendReply>();
    const writer = async (replica: Rig) => {
      for (let n = 0; n < 125; n++) {
        const batches = Array.from({ length: 10 }, (_, i) => [note(`e${n}-${i}`)]);
        await Promise.all(
          batches.map(async (events) => {
            const reply = await patiently(() => append(replica, mind, events));
            acknowledged.set(events[0]?.id ?? '', reply);
          }),
        );
      }
    };
    await Promise.all([log, other, log, other, log, other, log, other].map(writer));
    expect(acknowledged.size).toBe(10_000);
    // Neither of the two has heard all that the other one wrote.
    const reader = await replica();
    await expectOneChain(mind, 10_000, reader);
    const stored = new Map((await readAll(reader, mind)).map(({ id, position }) => [id, position]));
    for (const [id, { from }] of acknowledged) expect(stored.get(id)).toBe(from);
    const [someId] = acknowledged.keys();
    const event = (await readAll(reader, mind)).find(({ id }) => id === someId);
    const again = await append(other, mind, [note(event?.content ?? '', someId)]);
    expect(again).toMatchObject({ duplicate: true, from: event?.position });
    expect(await log.verify.verify({ mind })).toMatchObject({ ok: true, events: 10_000 });
  });

  /** `busy` asks for another try; the ids make it safe. */
  async function patiently(work: () => Promise<AppendReply>): Promise<AppendReply> {
    for (let attempt = 0; ; attempt++) {
      try {
        return await work();
      } catch (error) {
        if ((error as { code?: string }).code !== 'busy' || attempt > 50) throw error;
      }
    }
  }
});

describe('a database that goes away', () => {
  it('loses and doubles nothing that was acknowledged', async () => {
    const mind = await newMind();
    const acknowledged: string[] = [];
    let stop = false;
    const writer = async () => {
      while (!stop) {
        const event = note('e');
        for (let done = false; !done;) {
          try {
            await log.appender.append({ mind, events: [event] }, soon());
            done = true;
          } catch (error) {
            expect(error).toMatchObject({ retryable: true });
            await new Promise((resolve) => setTimeout(resolve, 50));
          }
        }
        acknowledged.push(event.id);
      }
    };
    const writers = [writer(), writer(), writer()];
    for (const signal of ['SIGQUIT', 'SIGKILL'] as const) {
      await new Promise((resolve) => setTimeout(resolve, 500));
      await servers.restartPostgres(signal);
    }
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    stop = true;
    await Promise.all(writers);
    const ids = (await readAll(log, mind)).map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    expect([...ids].sort()).toEqual([...acknowledged].sort());
    await expectOneChain(mind, ids.length);
  });
});
