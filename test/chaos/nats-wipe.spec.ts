import { pause } from '#deploy/local/waiting';
import { eventually, httpTo } from '#test/support/http';
import { newMinds } from './load/load';
import { openScenario, type Scenario } from './scenario';

let scenario: Scenario;

beforeAll(async () => {
  scenario = await openScenario({ minds: newMinds('wiped', 12), replicas: 1 });
}, 180_000);
afterAll(async () => scenario?.close(), 120_000);

/** Whether a mind takes an append and every service folds it. */
async function isServed(mind: string): Promise<boolean> {
  const http = httpTo(scenario.stage.gateways[0] ?? '');
  try {
    const event = { kind: 'x.probe', content: '', meta: {} };
    const { status, body } = await http.post(`/v1/minds/${mind}/events`, { events: [event] });
    if (status !== 201) return false;
    return (await http.get(`/v1/minds/${mind}/digests?minPosition=${String(body.to)}`)).status === 200;
  } catch (error) {
    if (error instanceof TypeError) return false;
    throw error;
  }
}

it("deleting NATS's store in mid-load: all is served again within 30 s, nothing is lost, digests are equal", async () => {
  const { stage, load } = scenario;
  load.start();
  await pause(5_000);
  const wipedAt = performance.now();
  await stage.servers.restartNats({ wipe: true });
  for (const mind of load.minds) await eventually(() => isServed(mind), Boolean, 60_000);
  expect(performance.now() - wipedAt).toBeLessThan(30_000);
  await pause(3_000);
  const { violations, events } = await scenario.check();
  expect(violations).toEqual([]);
  expect(events).toBeGreaterThan(500);
  expect(stage.ear.alarms).toEqual([]);
}, 240_000);
