import { randomUUID } from 'node:crypto';
import type { ImportReply, MindEvent } from '#libs/contracts';
import { LIMITS } from '#libs/contracts';
import { withServers, type Servers } from '#test/support/servers';
import { chainEvents, EMPTY_HEAD, eventLine } from '../core/chain.core';
import { exportLine } from '../core/export-line.core';
import { goldenExpected, goldenNames, goldenText } from '../../test/ledgers';
import { append, asOwner, note, openReplica, openRig, readAll, type Rig } from '../../test/rig';

jest.setTimeout(60_000);

let servers: Servers;
let log: Rig;
const replicas: Rig[] = [];
let minds = 0;

beforeAll(async () => {
  servers = await withServers({ nats: false });
  log = await openRig(servers.postgresUrl);
});
afterAll(async () => {
  await Promise.all([...replicas, log].map((rig) => rig?.close()));
  await servers?.stop();
});

async function newMind(): Promise<string> {
  const mind = `i${(minds += 1)}`;
  await log.minds.create({ mind });
  return mind;
}

/** Sends a text in chunks; the reply of the last one. */
async function importText(mind: string, text: string, chunk = 10_000, into = log): Promise<ImportReply> {
  const session = randomUUID();
  for (let seq = 0, at = 0; ; seq++, at += chunk) {
    const last = at + chunk >= text.length;
    const reply = await into.imports.take({ mind, session, seq, text: text.slice(at, at + chunk), last });
    expect(reply.done).toBe(last);
    if (last) return reply;
  }
}

async function exportText(mind: string): Promise<string> {
  let text = '';
  let to: number | undefined;
  for (let after: number | undefined = 0; after !== undefined;) {
    const page: Awaited<ReturnType<typeof log.exports.page>> = await log.exports.page({ mind, after, to });
    expect(Buffer.byteLength(page.text)).toBeLessThan(LIMITS.messageBytes);
    text += page.text;
    to = page.to;
    after = page.next;
  }
  return text;
}

const rowsOf = (mind: string) =>
  asOwner(servers.postgresUrl, async (client) => {
    const { rowCount } = await client.query('SELECT FROM events WHERE mind = $1', [mind]);
    return rowCount;
  });

const withoutChain = ({ position, id, kind, version, at, content, meta }: MindEvent) => ({
  position,
  id,
  kind,
  version,
  at,
  content,
  meta,
});

describe('an import', () => {
  it.each(goldenNames)('takes in %s and goes on from it', async (name) => {
    const mind = await newMind();
    const reply = await importText(mind, goldenText(name));
    const { events, headHash } = goldenExpected(name);
    expect(reply).toMatchObject({ events, done: true, format: '2025-10' });
    const info = await log.minds.get(mind);
    expect(info).toMatchObject({ importedTo: events, head: { position: events, hash: reply.headHash } });
    expect(await log.verify.verify({ mind })).toMatchObject({ ok: true, events });
    const stored = await readAll(log, mind);
    expect((stored.at(-1)?.meta['legacy'] as { hash: string }).hash).toBe(headHash);
    expect(await append(log, mind, [note('alive')])).toMatchObject({ from: events + 1 });
    const spans = log.announced.flatMap(({ spans }) => spans).filter((span) => span.mind === mind);
    expect(spans[0]).toEqual({ mind, from: 1, to: events });
  });

  it('of an own export comes to the same head for the same mind and to the same events for another', async () => {
    const mind = await newMind();
    await importText(mind, goldenText('ledger-4.jsonl'));
    await append(log, mind, [
      note('é "more"'),
      { ...note('t'), kind: 'autonomy_directive', meta: { source: 'user' } },
    ]);
    const text = await exportText(mind);
    const copy = await newMind();
    const reply = await importText(copy, text);
    expect(reply.format).toBe('pmm.v1');
    expect((await readAll(log, copy)).map(withoutChain)).toEqual(
      (await readAll(log, mind)).map(withoutChain),
    );
    const elsewhere = await openRig(await servers.createDatabase('elsewhere'));
    replicas.push(elsewhere);
    await elsewhere.minds.create({ mind });
    const same = await importText(mind, text, 777, elsewhere);
    expect(same.headHash).toBe((await log.minds.get(mind)).head.hash);
  });

  it('of a large export goes page by page', async () => {
    const mind = await newMind();
    for (let n = 0; n < 12; n++) await append(log, mind, [note(`${n}`.repeat(100_000)), note('small')]);
    const text = await exportText(mind);
    expect(text.trim().split('\n')).toHaveLength(25);
    const copy = await newMind();
    await importText(copy, text, LIMITS.importChunkChars);
    expect((await readAll(log, copy)).map(withoutChain)).toEqual(
      (await readAll(log, mind)).map(withoutChain),
    );
  });

  it('of the export of an empty mind stores nothing', async () => {
    const mind = await newMind();
    expect(await importText(await newMind(), await exportText(mind))).toEqual({
      events: 0,
      done: true,
      format: 'pmm.v1',
    });
  });

  it.each([
    [
      'a bad event far into the file',
      () => goldenText('ledger-5.jsonl').replace('"id": 300', '"id": 301'),
      'event id 300',
    ],
    ['a cut line', () => goldenText('ledger-5.jsonl').slice(0, -40), 'event id 338'],
    ['a cut array', () => `[${goldenText('ledger-2.jsonl').trim().split('\n').join(',')}`, 'cut'],
    ['an empty file', () => '', 'empty'],
  ])('stores nothing of %s', async (_what, text, message) => {
    const mind = await newMind();
    await expect(importText(mind, text())).rejects.toMatchObject({
      code: 'invalid_request',
      message: expect.stringContaining(message),
    });
    expect(await rowsOf(mind)).toBe(0);
    expect(await append(log, mind, [note('free again')])).toMatchObject({ from: 1 });
  });

  it('refuses an export in which an id occurs twice', async () => {
    const mind = await newMind();
    const [a, b] = [note('a'), note('b')];
    const loose = [a, b].map(({ kind, content }) => ({
      id: a.id,
      kind,
      version: 1,
      content,
      metaJson: '{}',
    }));
    const chain = chainEvents('old', EMPTY_HEAD, loose, 0);
    const closing = exportLine({ mind: 'old', events: 2, headHash: chain[1]?.hash ?? null });
    const text = [...chain.map(eventLine), closing].join('\n');
    await expect(importText(mind, text)).rejects.toMatchObject({
      code: 'invalid_request',
      message: /occurs twice/,
    });
    expect(await rowsOf(mind)).toBe(0);
  });

  it('needs a mind that exists, is empty and not archived', async () => {
    const mind = await newMind();
    await append(log, mind, [note('one')]);
    const { head } = await log.minds.get(mind);
    const text = goldenText('ledger-2.jsonl');
    await expect(importText(mind, text)).rejects.toMatchObject({ code: 'version_conflict', head });
    await expect(importText('nobody', text)).rejects.toMatchObject({ code: 'unknown_mind' });
    const archived = await newMind();
    await log.minds.archive({ mind: archived, archived: true });
    await expect(importText(archived, text)).rejects.toMatchObject({ code: 'forbidden' });
    expect((await log.minds.get(mind)).head).toEqual(head);
  });
});

describe('an import under way', () => {
  const text = goldenText('ledger-6.jsonl');
  const begin = async (mind: string, into = log) => {
    const session = randomUUID();
    await into.imports.take({ mind, session, seq: 0, text: text.slice(0, 50_000) });
    return session;
  };

  it('keeps the mind to itself, here and in another replica', async () => {
    const mind = await newMind();
    const other = await openReplica(servers.postgresUrl);
    replicas.push(other);
    const session = await begin(mind);
    await expect(append(log, mind, [note('no')])).rejects.toMatchObject({ code: 'busy' });
    await expect(importText(mind, text)).rejects.toMatchObject({ code: 'busy' });
    await expect(append(other, mind, [note('no')])).rejects.toMatchObject({ code: 'busy' });
    await expect(importText(mind, text, 10_000, other)).rejects.toMatchObject({ code: 'busy' });
    const reply = await log.imports.take({ mind, session, seq: 1, text: text.slice(50_000), last: true });
    expect(reply).toMatchObject({ done: true, events: goldenExpected('ledger-6.jsonl').events });
    await expect(append(other, mind, [note('yes')])).resolves.toMatchObject({ from: reply.events + 1 });
  });

  it('answers a repeated chunk as before, the last one too', async () => {
    const mind = await newMind();
    const session = randomUUID();
    const chunks = [text.slice(0, 50_000), text.slice(50_000)];
    const send = (seq: number) =>
      log.imports.take({ mind, session, seq, text: chunks[seq] ?? '', last: seq === 1 });
    const [first, again] = await Promise.all([send(0), send(0)]);
    expect(again).toEqual(first);
    const last = await send(1);
    expect(await send(1)).toEqual(last);
    expect(await rowsOf(mind)).toBe(last.events);
  });

  it('refuses a chunk out of order, for good', async () => {
    const mind = await newMind();
    const session = await begin(mind);
    const wrong = { mind, session, seq: 2, text: 'x' };
    await expect(log.imports.take(wrong)).rejects.toMatchObject({ code: 'invalid_request' });
    await expect(log.imports.take({ ...wrong, seq: 1 })).rejects.toMatchObject({ code: 'invalid_request' });
    await expect(log.imports.take({ ...wrong, session: randomUUID(), seq: 3 })).rejects.toMatchObject({
      code: 'unavailable',
    });
    expect(await rowsOf(mind)).toBe(0);
  });

  it('leaves nothing when it is given up', async () => {
    const mind = await newMind();
    const session = await begin(mind);
    expect(await log.imports.take({ mind, session, seq: 1, text: '', abort: true })).toEqual({
      events: 0,
      done: false,
    });
    expect(await rowsOf(mind)).toBe(0);
    expect(await append(log, mind, [note('free')])).toMatchObject({ from: 1 });
  });

  it('leaves nothing when no chunk comes any more', async () => {
    const hasty = await openReplica(servers.postgresUrl, { importQuietMs: 150 });
    replicas.push(hasty);
    const mind = await newMind();
    const session = await begin(mind, hasty);
    expect(hasty.imports.holds(mind)).toBe(true);
    await new Promise((resolve) => setTimeout(resolve, 500));
    expect(hasty.imports.holds(mind)).toBe(false);
    await expect(hasty.imports.take({ mind, session, seq: 1, text: 'x' })).rejects.toMatchObject({
      code: 'timeout',
    });
    expect(await rowsOf(mind)).toBe(0);
    expect(await append(hasty, mind, [note('free')])).toMatchObject({ from: 1 });
  });

  it('leaves nothing when its event-log stops or its shard moves', async () => {
    const [stopped, moved] = [await newMind(), await newMind()];
    const stopping = await openReplica(servers.postgresUrl);
    await begin(stopped, stopping);
    await stopping.close();
    expect(await rowsOf(stopped)).toBe(0);
    await begin(moved);
    for (let shard = 0; shard < 8; shard++) await log.keeper.release(shard);
    expect(await append(log, moved, [note('free')])).toMatchObject({ from: 1 });
  });

  it('leaves nothing when the database restarts in the middle of it', async () => {
    const mind = await newMind();
    const session = await begin(mind);
    await servers.restartPostgres();
    const rest = log.imports.take({ mind, session, seq: 1, text: text.slice(50_000), last: true });
    await expect(rest).rejects.toMatchObject({ code: 'unavailable', retryable: true });
    expect(await rowsOf(mind)).toBe(0);
    expect(await importText(mind, text)).toMatchObject({ done: true });
  });
});
