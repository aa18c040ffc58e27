import { readFileSync } from 'node:fs';
import { Random } from './random';
import { newAppend } from './load/deeds';
import { RetryingClient, type Outcome, type Patience } from './load/retrying-client';
import { newMinds } from './load/load';
import { openScenario, type Scenario } from './scenario';

const AT_ONCE = 1_500;
const ONCE: Patience = { retries: 0, withinMs: 0, attemptMs: 60_000 };
const MOST_RESIDENT_MIB = 700;

let scenario: Scenario;

beforeAll(async () => {
  scenario = await openScenario({ minds: newMinds('pressed', 8), replicas: 1 });
}, 180_000);
afterAll(async () => scenario?.close(), 120_000);

const residentMib = (pid: number): number => {
  const [, kib] = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
  return Number(kib) / 1_024;
};

it('more requests than can be served: `busy` with Retry-After for some, no crash, no growth, and all is well again after it', async () => {
  const { stage, load } = scenario;
  const random = new Random(7);
  const pids = stage.system.pids();
  stage.system.kill('event-log', 1, 'SIGSTOP');
  const flood = Array.from({ length: AT_ONCE }, () => {
    const client = random.pick(load.clients);
    return client.act(newAppend(random, client), ONCE);
  });
  const early = await Promise.race([
    Promise.all(flood),
    new Promise<null>((r) => setTimeout(r, 3_000, null)),
  ]);
  expect(early).toBeNull();
  stage.system.kill('event-log', 1, 'SIGCONT');
  const outcomes: Outcome[] = await Promise.all(flood);
  const refused = outcomes.filter(({ status }) => status === 429);
  expect(refused.length).toBeGreaterThan(100);
  expect(refused.filter(({ busyWithoutRetryAfter }) => busyWithoutRetryAfter > 0)).toEqual([]);
  expect(outcomes.filter(({ status }) => ![0, 201, 409, 429, 503, 504].includes(status))).toEqual([]);
  for (const [name, pid] of Object.entries(pids)) {
    expect({ name, pid: stage.system.pids()[name] }).toEqual({ name, pid });
    if (process.platform === 'linux') expect(residentMib(pid)).toBeLessThan(MOST_RESIDENT_MIB);
  }
  const calm = await new RetryingClient(stage.gateways).call({
    method: 'GET',
    path: `/v1/minds/${load.minds[0]}`,
  });
  expect(calm.status).toBe(200);
  expect((await scenario.check()).violations).toEqual([]);
}, 180_000);
