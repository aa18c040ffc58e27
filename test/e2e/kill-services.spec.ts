import { eventually, httpTo, type Answer, type Http } from '#test/support/http';
import { startSystem, type System } from '#test/support/system';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

const SERVICES = [
  'event-log',
  'tick-coordinator',
  'projection',
  'commitment',
  'reflection',
  'conversation',
  'gateway',
] as const;
const MIND = 'survivor';

let system: System;
let http: Http;

/** What a client does whose call failed: the same call again, with the same key, for a while. */
const insist = (call: () => Promise<Answer>): Promise<Answer> =>
  eventually(
    () => call().catch((error: Error) => ({ status: 0, body: {}, text: error.message })),
    ({ status }) => status >= 200 && status < 300,
    40_000,
  );
const eventsOf = async (): Promise<
  { position: number; kind: string; meta: { turnId?: string; tick?: number } }[]
> => {
  const all: { position: number; kind: string; meta: { turnId?: string; tick?: number } }[] = [];
  for (let after: number | undefined = 0; after !== undefined;) {
    const { body } = await insist(() => http.get(`/v1/minds/${MIND}/events?limit=1000&after=${after}`));
    all.push(...(body.events as []));
    after = body.next as number | undefined;
  }
  return all;
};

beforeAll(async () => {
  system = await startSystem();
  http = httpTo(system.http);
  await http.post('/v1/minds', { id: MIND, tickIntervalMs: 200 });
}, 120_000);
afterAll(async () => system?.stop(), 30_000);

it.each(SERVICES)(
  'a conversation goes on through kill -9 of %s; nothing is lost, nothing doubled',
  async (service) => {
    const turn = (n: number) =>
      insist(() =>
        http.post(`/v1/minds/${MIND}/turns`, {
          text: `Promise me to do ${service} ${n}.`,
          turnId: `${service}-${n}`,
        }),
      );
    await turn(0);
    const running = turn(1);
    system.kill(service);
    await running;
    await turn(2);
    await system.restartOf(service);
    await turn(3);
    await insist(() => http.post(`/v1/minds/${MIND}/ticks`));

    const events = await eventsOf();
    expect(events.map(({ position }) => position)).toEqual(events.map((_, i) => i + 1));
    for (const n of [0, 1, 2, 3]) {
      const ofTurn = events.filter(({ meta }) => meta.turnId === `${service}-${n}`);
      expect(ofTurn.filter(({ kind }) => kind === 'user_message')).toHaveLength(1);
      expect(ofTurn.filter(({ kind }) => kind === 'assistant_message')).toHaveLength(1);
    }
    const ticks = events.filter(({ kind }) => kind === 'autonomy_tick').map(({ meta }) => meta.tick);
    expect(ticks).toEqual(ticks.map((_, i) => i + 1));
    const verified = await insist(() => http.get(`/v1/minds/${MIND}/verify`));
    expect(verified.body).toMatchObject({ ok: true });
  },
  120_000,
);

it('digests equal those of a replay in a fresh process', () => {
  const pmm = join(__dirname, '../../dist/libs/cli/src/main.js');
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [pmm, '--url', system.http, 'replay', MIND],
    {
      encoding: 'utf8',
      timeout: 60_000,
    },
  );
  expect({ status, stdout, stderr }).toMatchObject({ status: 0 });
}, 70_000);
