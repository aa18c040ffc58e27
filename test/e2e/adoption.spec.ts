import { fillDatabase } from '#test/bench/generate/fill-database';
import { happening, type Happening } from '#test/bench/generate/life';
import { eventually, httpTo, type Http } from '#test/support/http';
import { startSystem, type System } from '#test/support/system';

const OLD = 'old-mind';
const YOUNG = 'young-mind';
const EVENTS: Record<string, number> = { [OLD]: 50_000, [YOUNG]: 500 };
const MINDS = [OLD, YOUNG];
const OPEN = 40;
const NAMED = 15;
/** Of each mind; the median counts. */
const TIMED = 7;
const SHARDS = 64;
const HOUR_MS = 3_600_000;

let system: System;
let http: Http;

/** A life without end in fives: a tick, a turn, and a promise that is kept at once. */
function* happenings(): Generator<Happening> {
  for (let n = 1; ; n++) {
    const turnId = `turn-${n}`;
    const position = 5 * (n - 1) + 2;
    const by = { provider: 'echo', model: 'echo', promptDigest: 'd' };
    yield happening('autonomy_tick', { tick: n, reason: 'heartbeat' }, '', 10_000);
    yield happening('user_message', { turnId }, `Tell me about day ${n}.`);
    yield happening('assistant_message', { turnId, ...by, contextPosition: position }, `Day ${n} was good.`);
    const cid = `c${String(n).padStart(11, '0')}`;
    yield happening('commitment_open', { cid, source: 'assistant', origin: position + 1 }, `remember ${n}`);
    yield happening('commitment_close', { cid, evidence: [position + 2], outcome: 'done' });
  }
}

type Counters = Record<string, number>;
/** All counters of all services of one name and these labels, added up. */
const counted = async (name: string, wanted: (labels: string) => boolean): Promise<number> => {
  const { services } = (await http.get('/v1/system')).body as {
    services: Record<string, { counters: Counters }>;
  };
  const all = Object.values(services).flatMap(({ counters }) => Object.entries(counters));
  const some = all.filter(([counter]) => counter.startsWith(`${name}{`) && wanted(counter));
  if (!all.some(([counter]) => counter.startsWith(`${name}{`))) throw new Error(`no counter ${name}`);
  return some.reduce((total, [, value]) => total + value, 0);
};
const readsByOthers = () =>
  counted('pmm_log_reads_asked_total', (labels) => !labels.includes('purpose="broadcast"'));
const postgresReads = () => counted('pmm_log_reads_total', (labels) => labels.includes('source="postgres"'));

const headOf = async (mind: string) =>
  ((await http.get(`/v1/minds/${mind}`)).body.head as { position: number }).position;
const settled = async (mind: string) => {
  const head = await headOf(mind);
  const { services } = (await http.get(`/v1/minds/${mind}/digests`)).body as {
    services: Record<string, { watermark: number }>;
  };
  return Object.values(services).every(({ watermark }) => watermark >= head);
};
const eventsAfter = async (mind: string, after: number) =>
  (await http.get(`/v1/minds/${mind}/events?after=${after}&limit=1000`)).body.events as {
    kind: string;
    meta: Record<string, unknown>;
  }[];

/** The adoption's position. */
const adopt = async (mind: string, name: string): Promise<number> => {
  const { status, body } = await http.post(`/v1/minds/${mind}/identity`, { name });
  expect(status).toBe(200);
  return Math.max(...(body.positions as number[]));
};
/** How many open commitments hold the name; `minPosition` beyond the head answers none. */
const holding = async (mind: string, name: string, minPosition?: number): Promise<number> => {
  const query = minPosition === undefined ? '' : `&minPosition=${minPosition}`;
  const { commitments = [] } = (await http.get(`/v1/minds/${mind}/commitments?status=open&limit=200${query}`))
    .body as { commitments?: { text: string }[] };
  return commitments.filter(({ text }) => text.includes(name)).length;
};
const untilRebound = async (mind: string, name: string, minPosition?: number): Promise<void> => {
  const giveUpAt = Date.now() + 30_000;
  while ((await holding(mind, name, minPosition)) < NAMED)
    if (Date.now() > giveUpAt) throw new Error(`${mind} has not rebound to ${name}`);
};
const median = (values: readonly number[]): number =>
  [...values].sort((one, other) => one - other)[Math.floor(values.length / 2)] as number;

beforeAll(async () => {
  system = await startSystem({ env: { PMM_VERIFY_SAMPLE: '0', PMM_SNAPSHOT_EVERY: '1000000' } });
  http = httpTo(system.http);
  const endsAtMs = Date.now() - HOUR_MS;
  const plans = MINDS.map((mind, seed) => ({
    ...{ mind, seed, endsAtMs, happenings },
    events: EVENTS[mind] as number,
  }));
  await fillDatabase(plans, { postgresUrl: system.postgresUrl, shards: SHARDS, tickIntervalMs: HOUR_MS });
  for (const mind of MINDS) {
    await adopt(mind, 'Nova');
    for (let n = 0; n < OPEN; n++) {
      const text = n < NAMED ? `water plant ${n} as Nova` : `water plant ${n}`;
      expect((await http.post(`/v1/minds/${mind}/commitments`, { text })).status).toBe(201);
    }
    expect((await http.post(`/v1/minds/${mind}/ticks`)).status).toBe(202);
  }
  for (const mind of MINDS) await eventually(() => settled(mind), Boolean, 60_000);
}, 180_000);

afterAll(async () => system?.stop(), 60_000);

it('a name adopted by an old mind and by a young one gives 2 + 15 events, and at most one reflection at ticks', async () => {
  expect(await headOf(OLD)).toBeGreaterThan(50_000);
  for (const mind of MINDS) {
    const before = await headOf(mind);
    const adoption = await adopt(mind, 'Echo');
    await untilRebound(mind, 'Echo');
    const kinds = (await eventsAfter(mind, before)).map(({ kind }) => kind);
    expect(kinds).toEqual([
      'identity_propose',
      'identity_adopt',
      ...Array.from({ length: NAMED }, () => 'commitment_rebind'),
    ]);
    for (let n = 0; n < 6; n++) {
      expect((await http.post(`/v1/minds/${mind}/ticks`)).status).toBe(202);
      await eventually(() => settled(mind), Boolean);
    }
    const isAttempt = ({ kind }: { kind: string }) => kind === 'reflection' || kind === 'reflection_rejected';
    const attempts = await eventually(
      async () => (await eventsAfter(mind, adoption)).filter(isAttempt),
      ({ length }) => length > 0,
    );
    expect(attempts.map(({ meta }) => meta.trigger)).toEqual(['identity']);
    const ruled = (await eventsAfter(mind, adoption)).filter(({ kind }) => kind === 'commitment_rebind');
    expect(ruled).toHaveLength(NAMED);
  }
}, 120_000);

it('nobody but the coordinator reads the log for it, and no read reaches Postgres', async () => {
  for (const mind of MINDS) await eventually(() => settled(mind), Boolean);
  const before = { others: await readsByOthers(), postgres: await postgresReads() };
  for (const mind of MINDS) {
    await adopt(mind, 'Iris');
    await untilRebound(mind, 'Iris');
    await eventually(() => settled(mind), Boolean);
  }
  expect({ others: await readsByOthers(), postgres: await postgresReads() }).toEqual(before);
}, 60_000);

it('takes a mind with 50,000 events about as long as one with 500', async () => {
  const tookMs: Record<string, number[]> = { [OLD]: [], [YOUNG]: [] };
  for (let n = 0; n < TIMED + 1; n++) {
    const name = n % 2 ? 'Juno' : 'Vega';
    for (const mind of n % 2 ? MINDS : [...MINDS].reverse()) {
      const startedAt = performance.now();
      const adoption = await adopt(mind, name);
      await untilRebound(mind, name, adoption + NAMED);
      if (n > 0) tookMs[mind]?.push(performance.now() - startedAt);
      await eventually(() => settled(mind), Boolean);
    }
  }
  const [old, young] = MINDS.map((mind) => median(tookMs[mind] as number[]));
  console.info(
    `adoption, median of ${TIMED}: ${old?.toFixed(1)} ms at 50,000, ${young?.toFixed(1)} ms at 500`,
  );
  expect((old as number) / (young as number)).toBeLessThanOrEqual(3);
}, 120_000);
