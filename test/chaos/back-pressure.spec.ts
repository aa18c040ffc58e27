import { readFileSync } from 'node:fs';
import { Random } from './random';
import { newAppend } from './load/deeds';
import type { Deed } from './load/acts';
import type { MindClient } from './load/mind-client';
import { RetryingClient, type Outcome, type Patience } from './load/retrying-client';
import { newMinds } from './load/load';
import { openScenario, type Scenario } from './scenario';

const ONCE: Patience = { retries: 0, withinMs: 0, attemptMs: 60_000 };
const SLOW_MS = 3_000;
const MOST_RESIDENT_MIB = 700;
/** Done, in conflict, busy, unavailable, too late; a connection that broke; a turn whose model did not answer. */
const ANSWERS = [200, 201, 409, 429, 503, 504, 0, 502];

let scenario: Scenario;

beforeAll(async () => {
  const minds = newMinds('pressed', 16);
  scenario = await openScenario({ minds, replicas: 1, asksModel: true, modelTimeoutMs: 8_000 });
}, 180_000);
afterAll(async () => scenario?.close(), 120_000);

const residentMib = (pid: number): number => {
  const [, kib] = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
  return Number(kib) / 1_024;
};

interface Pressure {
  name: string;
  atOnce: number;
  /** At least so many of them must be refused. */
  refused: number;
  clients: (clients: readonly MindClient[]) => readonly MindClient[];
  deed: (random: Random, client: MindClient) => Deed;
  slow: (scenario: Scenario) => void;
  quick: (scenario: Scenario) => void;
}

const standsStill = (service: 'event-log' | 'projection'): Pick<Pressure, 'slow' | 'quick'> => ({
  slow: ({ stage }) => void stage.system.kill(service, 1, 'SIGSTOP'),
  quick: ({ stage }) => void stage.system.kill(service, 1, 'SIGCONT'),
});

const PRESSURES: Pressure[] = [
  {
    ...{
      name: 'event-log stands still',
      atOnce: 1_500,
      refused: 100,
      clients: (all) => all,
      deed: newAppend,
    },
    ...standsStill('event-log'),
  },
  {
    ...{ name: 'projection stands still', atOnce: 1_500, refused: 100, clients: (all) => all },
    deed: () => ({ kind: 'self-model', input: {} }),
    ...standsStill('projection'),
  },
  {
    // Fewer than the gateway itself refuses. Each of 8 minds lets 16 turns wait for the one that is under way.
    ...{ name: 'the model hangs', atOnce: 190, refused: 190 - 8 * 17 },
    clients: (all) => all.filter((_, n) => n % 2 === 1),
    deed: (random) => ({ kind: 'turn', input: { turnId: random.uuid(), text: 'How are you?' } }),
    slow: ({ stage }) => void (stage.model.mood = 'hangs'),
    quick: ({ stage }) => void (stage.model.mood = 'answers'),
  },
];

describe.each(PRESSURES)('more than can be served while $name', (pressure) => {
  it('is refused as `busy` with Retry-After in part; nothing crashes or grows, and all is well after it', async () => {
    const { stage, load } = scenario;
    const random = new Random(7);
    const pids = stage.system.pids();
    const clients = pressure.clients(load.clients);
    pressure.slow(scenario);
    const inTurn = Array.from(
      { length: pressure.atOnce },
      (_, n) => clients[n % clients.length] ?? [],
    ).flat();
    const flood = Promise.all(inTurn.map((client) => client.act(pressure.deed(random, client), ONCE)));
    const slowly = new Promise<null>((resolve) => setTimeout(resolve, SLOW_MS, null));
    try {
      expect(await Promise.race([flood, slowly])).toBeNull();
    } finally {
      pressure.quick(scenario);
    }
    const outcomes: Outcome[] = await flood;
    const refused = outcomes.filter(({ status }) => status === 429);
    expect(refused.length).toBeGreaterThanOrEqual(pressure.refused);
    expect(refused.filter(({ busyWithoutRetryAfter }) => busyWithoutRetryAfter > 0)).toEqual([]);
    expect(outcomes.filter(({ status }) => !ANSWERS.includes(status))).toEqual([]);
    for (const [name, pid] of Object.entries(pids)) {
      expect({ name, pid: stage.system.pids()[name] }).toEqual({ name, pid });
      if (process.platform === 'linux') expect(residentMib(pid)).toBeLessThan(MOST_RESIDENT_MIB);
    }
    const client = new RetryingClient(stage.gateways);
    const calm = await client.call({ method: 'GET', path: `/v1/minds/${load.minds[0]}/self-model` });
    expect(calm.status).toBe(200);
  }, 180_000);
});

it('and after all of it histories, caches and the database agree', async () => {
  expect((await scenario.check()).violations).toEqual([]);
}, 180_000);
