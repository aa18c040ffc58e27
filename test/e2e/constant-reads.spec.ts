import { connect, type NatsConnection } from 'nats';
import { eventually, httpTo, type Http } from '#test/support/http';
import { startSystem, type System } from '#test/support/system';

const MINDS = 20;
const TICKS = 500;
const minds = Array.from({ length: MINDS }, (_, i) => `reader-${i}`);

let system: System;
let http: Http;
let nats: NatsConnection;
/** How often each position of each mind was broadcast, heard by a plain NATS client. */
const heard = new Map<string, number>();

interface Counters {
  [name: string]: number;
}
/** All counters of all services, each name led by its service. */
const counters = async (): Promise<Counters> => {
  const { services } = (await http.get('/v1/system')).body as {
    services: Record<string, { counters: Counters }>;
  };
  return Object.fromEntries(
    Object.entries(services).flatMap(([service, about]) =>
      Object.entries(about.counters).map(([name, value]) => [`${service} ${name}`, value]),
    ),
  );
};
const sum = (all: Counters, wanted: (name: string) => boolean): number =>
  Object.entries(all).reduce((total, [name, value]) => (wanted(name) ? total + value : total), 0);
const postgresReads = (all: Counters) =>
  sum(all, (name) => name.includes(' pmm_log_reads_total') && name.includes('source="postgres"'));
const readsByOthers = (all: Counters) =>
  sum(all, (name) => name.includes(' pmm_log_reads_asked_total') && !name.includes('purpose="broadcast"'));

const headOf = async (mind: string) =>
  ((await http.get(`/v1/minds/${mind}`)).body.head as { position: number }).position;
const settled = async (mind: string) => {
  const head = await headOf(mind);
  const { services } = (await http.get(`/v1/minds/${mind}/digests?minPosition=${head}`)).body as {
    services: Record<string, { watermark: number }>;
  };
  return Object.values(services).every(({ watermark }) => watermark >= head);
};

beforeAll(async () => {
  system = await startSystem({ env: { PMM_VERIFY_SAMPLE: '0', PMM_SNAPSHOT_EVERY: '1000000' } });
  http = httpTo(system.http);
  nats = await connect({ servers: system.nats });
  nats.subscribe('pmm.v1.batch.*.*', {
    callback: (_error, message) => {
      const batch = message.json<{ mind: string; from: number; to: number }>();
      for (let position = batch.from; position <= batch.to; position++) {
        const key = `${batch.mind}#${position}`;
        heard.set(key, (heard.get(key) ?? 0) + 1);
      }
    },
  });
  await nats.flush();
  for (const id of minds) await http.post('/v1/minds', { id, tickIntervalMs: 3_600_000 });
}, 120_000);

afterAll(async () => {
  await nats?.close();
  await system?.stop();
}, 30_000);

it(`${TICKS} ticks over ${MINDS} minds with turns between: one broadcast a batch, no read of the log but the coordinator's, none that reaches Postgres`, async () => {
  for (const mind of minds) {
    expect((await http.post(`/v1/minds/${mind}/turns`, { text: `Your name is Echo.` })).status).toBe(200);
    expect((await http.post(`/v1/minds/${mind}/ticks`)).status).toBe(202);
  }
  for (const mind of minds) await eventually(() => settled(mind), Boolean);
  const before = await counters();

  for (let n = 0; n < TICKS; n++) {
    const mind = minds[n % MINDS] as string;
    if (n % 5 === 0) {
      const turn = await http.post(`/v1/minds/${mind}/turns`, { text: `Promise me to water plant ${n}.` });
      expect(turn.status).toBe(200);
    }
    expect((await http.post(`/v1/minds/${mind}/ticks`)).status).toBe(202);
  }
  for (const mind of minds) await eventually(() => settled(mind), Boolean);
  const after = await counters();

  const ticks = (all: Counters) => sum(all, (name) => name.includes(' pmm_ticks_total'));
  expect(ticks(after) - ticks(before)).toBe(TICKS);
  expect(postgresReads(after) - postgresReads(before)).toBe(0);
  expect(readsByOthers(after) - readsByOthers(before)).toBe(0);
  for (const mind of minds) {
    const head = await headOf(mind);
    for (let position = 1; position <= head; position++) {
      expect({ mind, position, times: heard.get(`${mind}#${position}`) }).toEqual({
        mind,
        position,
        times: 1,
      });
    }
  }
  const metrics = (await http.get('/metrics')).text;
  expect(metrics).toMatch(/pmm_log_reads_total\{[^}]*source="memory"[^}]*\} [1-9]/);
}, 240_000);
