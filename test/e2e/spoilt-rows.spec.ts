import { connect, type NatsConnection } from 'nats';
import { withClient } from '#deploy/local/postgres-client';
import { eventually, httpTo, type Http } from '#test/support/http';
import { startSystem, type System } from '#test/support/system';
import { chainRow, insertRow, lastRow, type ForgedRow } from '../chaos/faults/second-writer';

const NOTICED_WITHIN_MS = 60_000;
const EVENTS = 5;
const BYSTANDER = 'bystander';

/** What a second writer stores right after the last event of each of these minds. */
const SPOILT: Record<string, (row: ForgedRow) => ForgedRow> = {
  'no-json': (row) => ({ ...row, body: 'this is no event' }),
  'no-event': (row) => ({ ...row, body: '{"some":"thing"}' }),
  'no-time': (row) => ({ ...row, body: row.body.replace(/"at":"[^"]*"/, '"at":"some day"') }),
  'other-position': (row) => ({ ...row, body: row.body.replace('"position":6', '"position":3') }),
  'other-mind': (row) => ({ ...row, body: row.body.replace('"mind":"other-mind"', '"mind":"bystander"') }),
  gap: (row) => ({ ...row, position: row.position + 1 }),
};
const MINDS = Object.keys(SPOILT);

let system: System;
let http: Http;
let nats: NatsConnection;
let storedAt: number;
const alarmed = new Map<string, number>();

beforeAll(async () => {
  // In one shard, as one mind must not hold up the others.
  system = await startSystem({ env: { PMM_SHARDS: '1' } });
  http = httpTo(system.http);
  nats = await connect({ servers: system.nats });
  nats.subscribe('pmm.v1.alarm.*', {
    callback: (_, message) => {
      const { mind } = message.json<{ mind: string }>();
      if (!alarmed.has(mind)) alarmed.set(mind, Date.now());
    },
  });
  await nats.flush();
  for (const mind of [BYSTANDER, ...MINDS]) {
    await http.post('/v1/minds', { id: mind, tickIntervalMs: 3_600_000 });
    await http.post(`/v1/minds/${mind}/events`, { events: notes(EVENTS) });
    await foldedBy(mind, EVENTS);
  }
  storedAt = Date.now();
  for (const mind of MINDS) await spoil(mind);
}, 150_000);
afterAll(async () => {
  await nats?.close();
  await system?.stop();
}, 60_000);

const notes = (count: number) =>
  Array.from({ length: count }, (_, n) => ({ kind: 'x.note', content: `note ${n}`, meta: {} }));

async function spoil(mind: string): Promise<void> {
  await withClient(system.postgresUrl, async (client) => {
    const last = await lastRow(client, mind);
    if (!last) throw new Error(`${mind} has no event`);
    const id = '00000000-0000-4000-8000-000000000001';
    expect(
      await insertRow(client, (SPOILT[mind] as (row: ForgedRow) => ForgedRow)(chainRow(last, id, ''))),
    ).toBe('stored');
  });
}

/** Every service has folded so far, of its own accord. */
const foldedBy = (mind: string, position: number) =>
  eventually(
    () => http.get(`/v1/minds/${mind}/digests`),
    ({ status, body }) =>
      status === 200 &&
      Object.values(body.services as Record<string, { watermark: number }>).every(
        ({ watermark }) => watermark >= position,
      ),
  );

it.each(MINDS)(
  'an alarm names the mind "%s" within 60 s',
  async (mind) => {
    await eventually(
      () => Promise.resolve(alarmed.get(mind)),
      Boolean,
      NOTICED_WITHIN_MS + storedAt - Date.now(),
    );
    expect((alarmed.get(mind) as number) - storedAt).toBeLessThan(NOTICED_WITHIN_MS);
  },
  NOTICED_WITHIN_MS + 10_000,
);

it('other minds of the shard go on: what is new of them is broadcast', async () => {
  for (let n = 1; n <= 3; n++) {
    const { body } = await http.post(`/v1/minds/${BYSTANDER}/events`, { events: notes(1) });
    await foldedBy(BYSTANDER, body.from as number);
  }
}, 60_000);

it.each(MINDS)(
  'the events of "%s" before that row are read, by pages that would hold it too, and who it was then',
  async (mind) => {
    const { status, body } = await http.get(`/v1/minds/${mind}/events?after=0&limit=1000`);
    const contents = (body.events as { content?: string }[]).slice(0, EVENTS).map(({ content }) => content);
    const past = await http.get(`/v1/minds/${mind}/digests?at=${EVENTS}`);
    expect(past.status).toBe(200);
    expect({ status, contents }).toEqual({
      status: 200,
      contents: notes(EVENTS).map(({ content }) => content),
    });
  },
  60_000,
);
