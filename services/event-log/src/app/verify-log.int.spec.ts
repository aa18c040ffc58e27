import type { Client } from 'pg';
import { withServers, type Servers } from '#test/support/servers';
import { append, asOwner, note, openRig, type Rig } from '../../test/rig';

jest.setTimeout(60_000);

let servers: Servers;
let log: Rig;
let minds = 0;

beforeAll(async () => {
  servers = await withServers({ nats: false });
  log = await openRig(servers.postgresUrl, { tailBytes: 512 * 1024 * 1024 });
});
afterAll(async () => {
  await log?.close();
  await servers?.stop();
});

async function mindOf(count: number): Promise<string> {
  const mind = `v${(minds += 1)}`;
  await log.minds.create({ mind });
  const events = Array.from({ length: count }, (_, n) => note(`n${n} é "quoted"`));
  if (count > 0) await append(log, mind, events);
  return mind;
}

/** What only a superuser can do: the guards off, then a change. */
const tamper = (work: (client: Client) => Promise<unknown>) =>
  asOwner(servers.postgresUrl, async (client) => {
    await client.query('SET session_replication_role = replica');
    await work(client);
  });

describe('verify', () => {
  it('proves a whole log, a part of it, and an empty one', async () => {
    const mind = await mindOf(10);
    const { head } = await log.minds.get(mind);
    expect(await log.verify.verify({ mind })).toEqual({ ok: true, events: 10, headHash: head.hash });
    expect(await log.verify.verify({ mind, from: 4, to: 6 })).toEqual({
      ok: true,
      events: 3,
      headHash: head.hash,
    });
    expect(await log.verify.verify({ mind: await mindOf(0) })).toEqual({
      ok: true,
      events: 0,
      headHash: null,
    });
    expect(log.counts.get('read verify postgres')).toBeGreaterThan(0);
  });

  it('refuses a range beyond the head and an unknown mind', async () => {
    const mind = await mindOf(3);
    for (const range of [{ from: 4 }, { to: 4 }, { from: 3, to: 1 }])
      await expect(log.verify.verify({ mind, ...range })).rejects.toMatchObject({ code: 'invalid_request' });
    await expect(log.verify.verify({ mind: 'nobody' })).rejects.toMatchObject({ code: 'unknown_mind' });
  });

  it.each([
    ['kind', `kind = 'x.other'`, 'column kind differs'],
    ['id', `id = '00000000-0000-4000-8000-000000000000'`, 'column id differs'],
    ['at', `at = at + interval '1 millisecond'`, 'column at differs'],
    ['at by less than a millisecond', `at = at + interval '1 microsecond'`, 'column at differs'],
    ['body', `body = replace(body, 'n4', 'n5')`, 'hash does not fit'],
    ['hash', `hash = decode(repeat('ab', 32), 'hex')`, 'hash does not fit'],
    ['prev_hash', `prev_hash = decode(repeat('ab', 32), 'hex')`, 'prevHash is not the hash'],
  ])('finds a changed %s', async (_what, change, reason) => {
    const mind = await mindOf(9);
    await tamper((client) =>
      client.query(`UPDATE events SET ${change} WHERE mind = $1 AND position = 5`, [mind]),
    );
    const reply = await log.verify.verify({ mind });
    expect(reply).toMatchObject({ ok: false, events: 4, firstBad: { position: 5 } });
    expect(reply.firstBad?.reason).toMatch(reason);
    expect(await log.verify.verify({ mind, to: 4 })).toMatchObject({ ok: true, events: 4 });
    expect(await log.verify.verify({ mind, from: 7 })).toMatchObject({ ok: true, events: 3 });
  });

  it('finds text that was forged with a hash of its own', async () => {
    const mind = await mindOf(5);
    const forge = (body: string) =>
      tamper((client) =>
        client.query(
          `UPDATE events SET body = ${body}, hash = sha256(convert_to(E'pmm.event.v1\\n' || ${body}, 'UTF8'))
            WHERE mind = $1 AND position = 5`,
          [mind],
        ),
      );
    await forge(`replace(body, '"position":5', '"position": 5')`);
    expect((await log.verify.verify({ mind })).firstBad?.reason).toBe('the stored text is not canonical');
    await forge(`'no event'`);
    expect((await log.verify.verify({ mind })).firstBad?.reason).toBe('the stored text is not an event');
  });

  it('finds a row that is gone', async () => {
    const mind = await mindOf(5);
    await tamper((client) => client.query('DELETE FROM events WHERE mind = $1 AND position = 3', [mind]));
    expect(await log.verify.verify({ mind })).toMatchObject({
      ok: false,
      events: 2,
      firstBad: { position: 3 },
    });
    expect(await log.verify.verify({ mind, from: 4 })).toMatchObject({
      ok: false,
      firstBad: { position: 3 },
    });
  });

  it('tells from a kept head that a tail was cut, and that a log goes on', async () => {
    const mind = await mindOf(5);
    const { position, hash } = (await log.minds.get(mind)).head;
    const receipt = { mind, position, hash: hash ?? '' };
    await append(log, mind, [note('more')]);
    expect(await log.verify.receipt(receipt)).toEqual({ matches: true });
    expect(await log.verify.receipt({ ...receipt, position: 4 })).toEqual({ matches: false });
    await tamper((client) => client.query('DELETE FROM events WHERE mind = $1 AND position >= 5', [mind]));
    expect(await log.verify.receipt(receipt)).toEqual({ matches: false });
  });

  it('does a bounded piece at a time', async () => {
    const mind = await mindOf(0);
    for (let n = 0; n < 53; n++) {
      await append(
        log,
        mind,
        Array.from({ length: 1_000 }, (_, i) => note(`${n} ${i}`)),
      );
      log.tails.markBroadcast(mind, (n + 1) * 1_000);
    }
    let events = 0;
    let requests = 0;
    for (let from: number | undefined = 1; from !== undefined; requests++) {
      const reply: Awaited<ReturnType<typeof log.verify.verify>> = await log.verify.verify({ mind, from });
      expect(reply).toMatchObject({ ok: true });
      expect(reply.events).toBeLessThanOrEqual(50_000);
      events += reply.events;
      from = reply.next;
    }
    expect(events).toBe(53_000);
    expect(requests).toBeGreaterThan(1);
    await tamper((client) =>
      client.query(`UPDATE events SET kind = 'x.other' WHERE mind = $1 AND position = 40000`, [mind]),
    );
    expect(await log.verify.verify({ mind })).toMatchObject({
      ...{ ok: false, events: 39_999 },
      firstBad: { position: 40_000, reason: expect.stringMatching('column kind differs') as string },
    });
  });
});
