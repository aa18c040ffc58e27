import { pause, waitUntil } from '#deploy/local/waiting';
import { processName, SERVICE_NAMES } from './stage/service-names';
import { newMinds } from './load/load';
import { failedOf, openScenario, shortly, slowest, type Scenario } from './scenario';

const REPLICAS = 2;
/** From the signal to the end of the process, by promise. */
const ENDS_WITHIN_MS = 10_000;
/** A request that meets a hand-over succeeds within this. */
const ANSWERED_WITHIN_MS = 12_000;

let scenario: Scenario;

beforeAll(async () => {
  scenario = await openScenario({ minds: newMinds('rolling', 16), replicas: REPLICAS });
}, 180_000);
afterAll(async () => scenario?.close(), 120_000);

interface Ended {
  name: string;
  reason?: string;
  tookMs: number;
}

/** As an upgrade does it: SIGTERM, wait for the end, wait until its successor is ready. */
async function restart(service: string, replica: number): Promise<Ended> {
  const { system } = scenario.stage;
  const name = processName(service, replica);
  const before = system.lines.length;
  const startedAt = performance.now();
  scenario.history.note(`SIGTERM to ${name}`);
  system.kill(service, replica, 'SIGTERM');
  const ended = await waitUntil(() => endOf(name, before), { timeoutMs: 60_000 });
  const tookMs = performance.now() - startedAt;
  scenario.history.note(`${name} ${ended}`);
  await system.restartOf(service, replica);
  scenario.history.note(`${name} is back`);
  return { name, reason: ended, tookMs };
}

function endOf(name: string, before: number): string | undefined {
  const reports = scenario.stage.system.lines.slice(before) as {
    process?: { name: string; reason?: string };
  }[];
  return reports.find(({ process }) => process?.name === name && process.reason !== undefined)?.process
    ?.reason;
}

it('a rolling restart of all replicas under load: no failed request, each ends within 10 s with exit code 0', async () => {
  const { load, history } = scenario;
  load.start();
  await pause(3_000);
  const ends: Ended[] = [];
  for (const service of SERVICE_NAMES) {
    for (let replica = 1; replica <= REPLICAS; replica++) {
      ends.push(await restart(service, replica));
      await pause(2_500);
    }
  }
  const { violations, events } = await scenario.check();
  expect(ends.filter(({ reason }) => reason !== 'ended with exit code 0')).toEqual([]);
  expect(ends.filter(({ tookMs }) => tookMs > ENDS_WITHIN_MS)).toEqual([]);
  expect(shortly(failedOf(history.acts))).toEqual([]);
  expect(slowest(history.acts)).toBeLessThan(ANSWERED_WITHIN_MS);
  expect(violations).toEqual([]);
  expect(events).toBeGreaterThan(1_000);
  expect(scenario.stage.ear.alarms).toEqual([]);
}, 400_000);
