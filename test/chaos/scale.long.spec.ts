import { pause } from '#deploy/local/waiting';
import { shardOf } from '#libs/contracts';
import { HandStarted } from './stage/hand-started';
import { membersOf, sumOf, type MemberStats } from './stage/member-counters';
import { RetryingClient } from './load/retrying-client';
import { failedOf, openScenario, shortly, type Scenario } from './scenario';

const SCALED = ['event-log', 'projection', 'commitment', 'reflection', 'conversation'] as const;
const SHARDS = 64;
const MINDS_PER_SHARD = 2;
const TIMES = 3;
const TOLERANCE = 0.25;
const MEASURED_MS = 25_000;
const ENDS_WITHIN_MS = 10_000;
/** For members to see that one came or went. */
const SETTLED_MS = 8_000;
const QUIET_MS = 8_000;
/** For what is under way to end. */
const CALM_MS = 5_000;
const LATE_SHARE = 0.01;

let scenario: Scenario;
const byHand: HandStarted[] = [];

/** The same number of minds in each shard, so that a fair share of shards is a fair share of the load. */
function evenMinds(): string[] {
  const bySaid = new Map<number, string[]>();
  for (let n = 0; [...bySaid.values()].flat().length < SHARDS * MINDS_PER_SHARD; n++) {
    const mind = `scaled-${n}`;
    const ofShard = bySaid.get(shardOf(mind, SHARDS)) ?? [];
    if (ofShard.length < MINDS_PER_SHARD) bySaid.set(shardOf(mind, SHARDS), [...ofShard, mind]);
  }
  return [...bySaid.values()].flat();
}

beforeAll(async () => {
  const env = { PMM_VERIFY_SAMPLE: '0', PMM_SNAPSHOT_EVERY: '1000' };
  const quiet = { env, pauseMs: [1_500, 4_500] as [number, number], tickIntervalMs: 3_600_000 };
  scenario = await openScenario({ minds: evenMinds(), replicas: 1, ...quiet });
}, 240_000);
afterAll(async () => {
  await Promise.all(byHand.map((member) => member.stop()));
  await scenario?.close();
}, 120_000);

type All = Record<string, MemberStats[]>;

async function look(): Promise<All> {
  const { nc } = scenario.stage.ear;
  const entries = SCALED.map(async (service) => [service, await membersOf(nc, service)] as const);
  return Object.fromEntries(await Promise.all(entries));
}

/** What a member did: batches folded; of event-log, appends stored. */
const workOf = (member: MemberStats): number =>
  sumOf(member, (name) =>
    /^pmm_batches_total\{result="(?:folded|repaired)"\}$|^pmm_appends_total\{result="ok"\}$/.test(name),
  );

function sharesOf(before: MemberStats[], after: MemberStats[]): number[] {
  const was = new Map(before.map((member) => [member.instance, workOf(member)]));
  const work = after.map((member) => workOf(member) - (was.get(member.instance) ?? 0));
  const total = work.reduce((sum, each) => sum + each, 0);
  return work.map((each) => each / total);
}

const ASKED = /^pmm_log_reads_asked_total\{/;
const FOLDED = /^pmm_batches_total\{result="folded"\}$/;
/** A batch that did not continue what was folded: one before it was lost. */
const GAP = /^pmm_batches_total\{result="(?:repaired|unrepaired|mismatch)"\}$/;

/** How much the counters that match grew between two looks, over all members. */
function grown(before: All, after: All, wanted: RegExp): number {
  const was = new Map(
    Object.values(before)
      .flat()
      .map((member) => [member.instance, member]),
  );
  const sum = (member?: MemberStats) => (member ? sumOf(member, (name) => wanted.test(name)) : 0);
  return Object.values(after)
    .flat()
    .reduce((total, member) => total + sum(member) - sum(was.get(member.instance)), 0);
}

/**
 * In steady state no batch is lost, and nobody but the coordinator reads the log. On a machine that is too busy to
 * bring a batch in half a second, the comparison of heads reads it: that may be one batch in a hundred here.
 */
function expectSteady(before: All, after: All): void {
  expect(grown(before, after, GAP)).toBe(0);
  const reads = grown(before, after, ASKED);
  expect(reads).toBeLessThanOrEqual(grown(before, after, FOLDED) * LATE_SHARE);
}

/** Asks every service for every mind, so that each is in memory where its shard is now. */
async function warmUp(): Promise<void> {
  const client = new RetryingClient(scenario.stage.gateways);
  for (const mind of scenario.load.minds) {
    const { status } = await client.call({ method: 'GET', path: `/v1/minds/${mind}/digests` });
    expect(status).toBe(200);
  }
}

/**
 * Counts over a time in which the clients only append and tick: who waits for a position longer than 250 ms reads it by
 * promise, and on a busy machine that would be counted here.
 */
async function measure(ms: number): Promise<[before: All, after: All]> {
  await warmUp();
  scenario.load.only(['append', 'tick']);
  await pause(CALM_MS);
  const before = await look();
  await pause(ms);
  const after = await look();
  scenario.load.only();
  return [before, after];
}

it('1, 3, 1 members of each service under load: no failed request, fair shares, no reads once shards have moved', async () => {
  const { stage, load, history } = scenario;
  load.start();
  await pause(5_000);
  expectSteady(...(await measure(QUIET_MS)));
  for (const service of SCALED)
    byHand.push(...(await Promise.all([2, 3].map((n) => HandStarted.start(stage, service, n)))));
  await pause(SETTLED_MS);
  const [before, after] = await measure(MEASURED_MS);
  for (const service of SCALED) {
    const shares = sharesOf(before[service] ?? [], after[service] ?? []);
    const fair = (share: number) => Math.abs(share * TIMES - 1) <= TOLERANCE;
    expect({ service, members: shares.length }).toEqual({ service, members: TIMES });
    expect({ service, unfair: shares.filter((share) => !fair(share)) }).toEqual({ service, unfair: [] });
  }
  expectSteady(before, after);

  const ends = await Promise.all(byHand.map((member) => member.stop()));
  await pause(SETTLED_MS);
  expect(ends.filter(({ code, tookMs }) => code !== 0 || tookMs > ENDS_WITHIN_MS)).toEqual([]);
  expectSteady(...(await measure(QUIET_MS)));
  const { violations } = await scenario.check();
  expect(shortly(failedOf(history.acts))).toEqual([]);
  expect(violations).toEqual([]);
}, 400_000);
