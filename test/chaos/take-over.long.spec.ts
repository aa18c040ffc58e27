import { pause } from '#deploy/local/waiting';
import { SERVICE_NAMES } from './stage/service-names';
import { newMinds } from './load/load';
import { failedOf, openScenario, shortly, slowest, type Scenario } from './scenario';

const ANSWERED_WITHIN_MS = 12_000;
const SILENT_MS = 9_000;
/** A gateway that stands still answers nobody who asks it: which one to ask is the client's business. */
const OWNERS = SERVICE_NAMES.filter((name) => name !== 'gateway');

let scenario: Scenario;

beforeAll(async () => {
  scenario = await openScenario({ minds: newMinds('taken', 16), replicas: 2 });
  scenario.load.start();
}, 180_000);
afterAll(async () => scenario?.close(), 120_000);

it.each(OWNERS)(
  'a member of %s that goes silent is taken over, and comes back while the other serves its shards: no failed request',
  async (service) => {
    const { stage, history } = scenario;
    const before = history.acts.length;
    stage.system.kill(service, 1, 'SIGSTOP');
    await pause(SILENT_MS);
    stage.system.kill(service, 1, 'SIGCONT');
    await pause(4_000);
    const acts = history.acts.slice(before);
    expect(acts.length).toBeGreaterThan(100);
    expect(shortly(failedOf(acts))).toEqual([]);
    expect(slowest(acts)).toBeLessThan(ANSWERED_WITHIN_MS);
  },
  60_000,
);

it('and nothing was lost or doubled meanwhile', async () => {
  const { violations } = await scenario.check();
  expect(violations).toEqual([]);
  expect(shortly(failedOf(scenario.history.acts))).toEqual([]);
}, 120_000);
