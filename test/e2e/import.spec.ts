import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { httpTo, type Http } from '#test/support/http';
import { startSystem, type System } from '#test/support/system';

const GOLDEN = join(__dirname, '../golden');
const REAL = join(__dirname, '../../../shared/ledgers/pmm-1.0-real.json');

interface Expected {
  events: number;
  headHash: string;
  identity: { name: string | null; traits: Record<string, number> };
  open: Record<string, { text: string; project_id?: string; snoozed_until?: number }>;
  expired: Record<string, { text: string; expired_at: number; reason: string }>;
  ias: number;
  gas: number;
  activeDirectives: {
    content: string;
    seen_count: number;
    recent_hits: number;
    score: number;
    first_seen_id: number;
    last_seen_id: number;
    sources: string[];
  }[];
}

let system: System;
let http: Http;
const importFile = (mind: string, text: string, type: string) =>
  http.send('POST', `/v1/minds/${mind}/import`, text, { 'content-type': type });

beforeAll(async () => {
  system = await startSystem();
  http = httpTo(system.http);
}, 120_000);
afterAll(async () => system?.stop(), 30_000);

const ledgers = readdirSync(GOLDEN)
  .filter((file) => file.endsWith('.jsonl'))
  .map((file) => file.replace('.jsonl', ''));

describe('original ledgers come to their expected state through the running system', () => {
  it('there are some', () => expect(ledgers.length).toBeGreaterThanOrEqual(12));

  it.each(ledgers)(
    '%s',
    async (ledger) => {
      const text = readFileSync(join(GOLDEN, `${ledger}.jsonl`), 'utf8');
      const expected = JSON.parse(readFileSync(join(GOLDEN, `${ledger}.expected.json`), 'utf8')) as Expected;
      await http.post('/v1/minds', { id: ledger });
      const answer = await importFile(ledger, text, 'application/x-ndjson');
      expect({ status: answer.status, events: answer.body.events, error: answer.body.error }).toEqual({
        status: 201,
        events: expected.events,
        error: undefined,
      });
      const model = (await http.get(`/v1/minds/${ledger}/self-model?at=${expected.events}`)).body as {
        identity: Expected['identity'];
        metrics: { ias: number; gas: number };
        directives: object[];
      };
      expect(model.identity).toEqual(expected.identity);
      expect(model.metrics.ias).toBeCloseTo(expected.ias, 9);
      expect(model.metrics.gas).toBeCloseTo(expected.gas, 9);
      expect(model.directives).toEqual(
        expected.activeDirectives.map((directive) => ({
          text: directive.content,
          seen: directive.seen_count,
          recent: directive.recent_hits,
          score: directive.score,
          firstPosition: directive.first_seen_id,
          lastPosition: directive.last_seen_id,
          sources: directive.sources,
        })),
      );
      const commitments = (
        await http.get(`/v1/minds/${ledger}/commitments?status=all&limit=200&at=${expected.events}`)
      ).body.commitments as {
        cid: string;
        status: string;
        text: string;
        project?: string;
        snoozedUntil?: number;
        reason?: string;
        endPosition?: number;
      }[];
      const open = commitments.filter(({ status }) => status === 'open');
      expect(
        Object.fromEntries(
          open.map((c) => [
            c.cid,
            strip({ text: c.text, project_id: c.project, snoozed_until: c.snoozedUntil }),
          ]),
        ),
      ).toEqual(expected.open);
      const expired = commitments.filter(({ status }) => status === 'expired');
      expect(
        Object.fromEntries(
          expired.map((c) => [c.cid, { text: c.text, expired_at: c.endPosition, reason: c.reason }]),
        ),
      ).toEqual(expected.expired);
      expect((await http.get(`/v1/minds/${ledger}/verify`)).body).toMatchObject({
        ok: true,
        events: expected.events,
      });
    },
    60_000,
  );
});

const strip = (value: object) =>
  Object.fromEntries(Object.entries(value).filter(([, item]) => item !== undefined));

(existsSync(REAL) ? it : it.skip)(
  'a ledger of a real run imports, its chain verified',
  async () => {
    const text = readFileSync(REAL, 'utf8');
    await http.post('/v1/minds', { id: 'real' });
    const bad = await importFile(
      'real',
      text.replace('"autonomy_kernel', '"autonomy_kernal'),
      'application/json',
    );
    expect(bad.status).toBe(400);
    expect(bad.text).toMatch(/id 1\b/);
    expect((await http.get('/v1/minds/real')).body.head).toEqual({ position: 0, hash: null });
    const answer = await importFile('real', text, 'application/json');
    expect(answer.body).toMatchObject({ events: 823, format: '1.0' });
    expect((await http.get('/v1/minds/real/verify')).body).toMatchObject({ ok: true, events: 823 });
  },
  60_000,
);

it('an own export imports under another id: equal digests; under its own id: the same head hash', async () => {
  const exported = (await http.get(`/v1/minds/${ledgers[0]}/export`)).text;
  const other = await startSystem();
  try {
    const there = httpTo(other.http);
    for (const id of [ledgers[0], 'copy']) {
      await there.post('/v1/minds', { id });
      const answer = await there.send('POST', `/v1/minds/${id}/import`, exported, {
        'content-type': 'application/x-ndjson',
      });
      expect(answer.status).toBe(201);
    }
    const head = (await http.get(`/v1/minds/${ledgers[0]}`)).body.head as { position: number; hash: string };
    expect((await there.get(`/v1/minds/${ledgers[0]}`)).body.head).toEqual(head);
    const digests = async (from: Http, mind: string) =>
      (await from.get(`/v1/minds/${mind}/digests?at=${head.position}`)).body;
    expect(await digests(there, 'copy')).toEqual(await digests(http, ledgers[0] as string));
  } finally {
    await other.stop();
  }
}, 180_000);
