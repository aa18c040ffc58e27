import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { connect, type NatsConnection } from 'nats';
import { shardOf, subjects } from '#libs/contracts';
import { eventually, httpTo, type Answer, type Http } from '#test/support/http';
import { ScriptedModel } from '#test/support/scripted-model';
import { startSystem, type System } from '#test/support/system';

const SHARDS = 64;
const ENDED_WITHIN_MS = 10_000;
const PATIENCE_MS = 7_000;
const SERVICES = ['conversation', 'reflection'];
/** Asks over HTTP; the gateway asks again by itself. */
const PATIENT = 'patient';
/** Asks over NATS, once. */
const DIRECT = 'direct';
const ANSWER = 'I was asked about the garden today.\nI will look after what I have promised there.';
const TURN = { text: 'Are you there?', turnId: 'asked-once' };

let model: ScriptedModel;
let system: System;
let http: Http;
let nats: NatsConnection;
let isHung = false;

beforeAll(async () => {
  model = await ScriptedModel.start(() => (isHung ? 'hang' : ANSWER));
  system = await startSystem({ env: model.settings(60_000) });
  http = httpTo(system.http);
  nats = await connect({ servers: system.nats });
  for (const id of [PATIENT, DIRECT]) await http.post('/v1/minds', { id, tickIntervalMs: 3_600_000 });
}, 150_000);
afterAll(async () => {
  await nats?.close();
  await system?.stop();
  await model?.stop();
}, 60_000);

const kindsOf = async (mind: string): Promise<string[]> =>
  ((await http.get(`/v1/minds/${mind}/events?limit=1000`)).body.events as { kind: string }[]).map(
    ({ kind }) => kind,
  );
const count = (all: readonly string[], ...kinds: string[]) => all.filter((one) => kinds.includes(one)).length;
const modelWasAsked = (times: number) =>
  eventually(
    () => Promise.resolve(model.asked.length),
    (calls) => calls >= times,
  );
const askOverHttp = (mind: string) => http.post(`/v1/minds/${mind}/turns`, TURN);
const askOverNats = async (mind: string) => {
  const subject = subjects.request('conversation', shardOf(mind, SHARDS), 'turn');
  const request = JSON.stringify({ ...TURN, mind, stream: false });
  return (await nats.request(subject, request, { timeout: 30_000 })).json();
};

/** Sends SIGTERM, and tells how the process ended and after how long. */
async function endOf(service: string): Promise<{ reason?: string; tookMs: number }> {
  const pid = system.kill(service, 1, 'SIGTERM');
  const sinceMs = Date.now();
  const ends = () =>
    (system.lines as { process?: { pid?: number; state: string; reason?: string } }[]).find(
      ({ process }) => process?.pid === pid && process.state === 'ended',
    )?.process;
  const end = await eventually(
    () => Promise.resolve(ends()),
    (found) => found !== undefined,
    2 * ENDED_WITHIN_MS,
  );
  return { reason: end?.reason, tookMs: Date.now() - sinceMs };
}

it('SIGTERM while the model hangs: exit code 0 within 10 s, callers may try again, nothing is half done', async () => {
  isHung = true;
  await http.post(`/v1/minds/${PATIENT}/reflections`);
  await modelWasAsked(1);
  const patient: Promise<Answer> = askOverHttp(PATIENT);
  const direct = askOverNats(DIRECT);
  await modelWasAsked(3);
  const ends = await Promise.all(SERVICES.map(endOf));
  isHung = false;
  for (const { reason, tookMs } of ends) {
    expect(reason).toBe('ended with exit code 0');
    expect(tookMs).toBeLessThan(ENDED_WITHIN_MS);
  }
  expect(await direct).toMatchObject({ error: { code: 'unavailable', retryable: true } });
  expect(await kindsOf(DIRECT)).toEqual(['user_message']);
  expect(count(await kindsOf(PATIENT), 'reflection', 'reflection_rejected')).toBe(0);
  expect(await patient).toMatchObject({ status: 200, body: { turnId: TURN.turnId, text: ANSWER } });
}, 90_000);

it('a turn goes on under its turnId, and the reflection at the next tick', async () => {
  const { body } = await eventually(
    () => askOverHttp(DIRECT),
    ({ status }) => status === 200,
  );
  expect(body).toMatchObject({ turnId: TURN.turnId, text: ANSWER });
  await http.post(`/v1/minds/${PATIENT}/ticks`);
  await eventually(
    () => kindsOf(PATIENT),
    (all) => count(all, 'reflection') === 1,
  );
  for (const mind of [PATIENT, DIRECT]) {
    const all = await kindsOf(mind);
    expect([count(all, 'user_message'), count(all, 'assistant_message'), count(all, 'turn_failed')]).toEqual([
      1, 1, 0,
    ]);
  }
}, 60_000);

/** From the signal to when the model call was let go, as the process itself logged it. */
function patienceMs(): number {
  const lines = readFileSync(join(system.dataDir, 'logs', 'reflection.log'), 'utf8').split('\n');
  const timeOf = (text: string) => {
    const line = lines.findLast((one) => one.includes(text)) ?? '{}';
    return Date.parse((JSON.parse(line) as { time: string }).time);
  };
  return timeOf('did not reflect') - timeOf('stopping: SIGTERM');
}

it('patience counts from the signal: a second in which NATS does not answer either adds nothing', async () => {
  isHung = true;
  const calls = model.asked.length;
  await http.post(`/v1/minds/${DIRECT}/reflections`);
  await modelWasAsked(calls + 1);
  system.kill('nats', 1, 'SIGSTOP');
  const { reason, tookMs } = await endOf('reflection').finally(() => system.kill('nats', 1, 'SIGCONT'));
  expect(reason).toBe('ended with exit code 0');
  expect(tookMs).toBeLessThan(ENDED_WITHIN_MS);
  expect(patienceMs()).toBeLessThan(PATIENCE_MS + 700);
}, 60_000);
