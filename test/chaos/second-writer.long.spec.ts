import { pause } from '#deploy/local/waiting';
import { withClient } from '#deploy/local/postgres-client';
import { eventually, httpTo, type Http } from '#test/support/http';
import { chainRow, insertRow, lastRow } from './faults/second-writer';
import { newMinds } from './load/load';
import { openScenario, type Scenario } from './scenario';

const NOTICED_WITHIN_MS = 60_000;
/** A member looks again at the shards that it has just taken; this test is about what it does later. */
const SETTLED_MS = 20_000;

let scenario: Scenario;
let http: Http;

beforeAll(async () => {
  const minds = newMinds('behind', 3);
  scenario = await openScenario({ minds, replicas: 1, tickIntervalMs: 3_600_000 });
  http = httpTo(scenario.stage.gateways[0] ?? '');
  for (const mind of minds) {
    await http.post(`/v1/minds/${mind}/turns`, { text: 'Your name is Echo.' });
    await http.post(`/v1/minds/${mind}/commitments`, { text: 'water the plants' });
  }
  await pause(SETTLED_MS);
}, 180_000);
afterAll(async () => scenario?.close(), 120_000);

/** Appends an event to the mind behind the services' backs; answers its position. */
async function forge(mind: string, id: string): Promise<number> {
  return withClient(scenario.stage.servers.postgresUrl, async (client) => {
    const last = await lastRow(client, mind);
    if (!last) throw new Error(`${mind} has no event`);
    const row = chainRow(last, id, 'written by somebody else');
    expect(await insertRow(client, row)).toBe('stored');
    return row.position;
  });
}

it("what a second writer stored is noticed at the mind's next append, which comes after it", async () => {
  const forged = await forge('behind-0', '00000000-0000-4000-8000-000000000001');
  const event = { kind: 'x.note', content: 'ours', meta: {} };
  const { status, body } = await http.post('/v1/minds/behind-0/events', { events: [event] });
  expect({ status, from: body.from }).toEqual({ status: 201, from: forged + 1 });
  const { body: page } = await http.get(`/v1/minds/behind-0/events?after=${forged - 1}`);
  const contents = (page.events as { content: string }[]).map(({ content }) => content);
  expect(contents).toEqual(['written by somebody else', 'ours']);
});

it('in a quiet mind it is served by every service, or an alarm is raised, within 60 s', async () => {
  const { ear } = scenario.stage;
  const forged = await forge('behind-1', '00000000-0000-4000-8000-000000000002');
  const isNoticed = async () => {
    if (ear.alarms.some(({ alarm }) => alarm.mind === 'behind-1')) return true;
    const { status, body } = await http.get('/v1/minds/behind-1/digests');
    const states = Object.values((body.services ?? {}) as Record<string, { watermark: number }>);
    return status === 200 && states.every(({ watermark }) => watermark >= forged);
  };
  await eventually(isNoticed, Boolean, NOTICED_WITHIN_MS);
}, 90_000);

it('two writers never fork a chain: the database refuses the second successor', async () => {
  await withClient(scenario.stage.servers.postgresUrl, async (client) => {
    const last = await lastRow(client, 'behind-2');
    if (!last) throw new Error('behind-2 has no event');
    const id = '00000000-0000-4000-8000-000000000003';
    const twice = chainRow({ ...last, position: last.position - 1 }, id, 'a position twice');
    expect(await insertRow(client, twice)).toMatch(/^refused by .*(?:position|pkey)/);
    const fork = chainRow({ ...last, hash: last.prevHash ?? '' }, id, 'a successor twice');
    expect(await insertRow(client, fork)).toMatch(/^refused by .*prev_hash/);
  });
});

it('all that is stored is one chain, and every cache is its fold', async () => {
  expect((await scenario.check()).violations).toEqual([]);
}, 60_000);
