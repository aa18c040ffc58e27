import { pause } from '#deploy/local/waiting';
import { shardOf } from '#libs/contracts';
import { HandStarted } from './stage/hand-started';
import { membersOf, sumOf, type MemberStats } from './stage/member-counters';
import { failedOf, openScenario, shortly, type Scenario } from './scenario';

const SCALED = ['event-log', 'projection', 'commitment', 'reflection', 'conversation'] as const;
const SHARDS = 64;
const MINDS_PER_SHARD = 2;
const TIMES = 3;
const TOLERANCE = 0.25;
const MEASURED_MS = 25_000;
const ENDS_WITHIN_MS = 10_000;

let scenario: Scenario;
let byHand: HandStarted[] = [];

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
  const quiet = { pauseMs: [1_500, 4_500] as [number, number], tickIntervalMs: 3_600_000 };
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

/** Reads of the log that a member asked for, other than to warm up a shard that it was given. */
const readsBesideWarmUp = (all: All): Record<string, number> =>
  Object.fromEntries(
    Object.entries(all).map(([service, members]) => {
      const asked = (name: string) =>
        name.startsWith('pmm_log_reads_asked_total') && !/purpose="warmup"/.test(name);
      return [service, members.reduce((sum, member) => sum + sumOf(member, asked), 0)];
    }),
  );

const none = Object.fromEntries(SCALED.map((service) => [service, 0]));

it('1, 3, 1 members of each service under load: no failed request, fair shares, no reads but the warm-up', async () => {
  const { stage, load, history } = scenario;
  load.start();
  await pause(10_000);
  byHand = await Promise.all(
    SCALED.flatMap((service) => [2, 3].map((n) => HandStarted.start(stage, service, n))),
  );
  await pause(8_000);
  const before = await look();
  await pause(MEASURED_MS);
  const after = await look();
  for (const service of SCALED) {
    const shares = sharesOf(before[service] ?? [], after[service] ?? []);
    const fair = (share: number) => Math.abs(share * TIMES - 1) <= TOLERANCE;
    expect({ service, members: shares.length }).toEqual({ service, members: TIMES });
    expect({ service, unfair: shares.filter((share) => !fair(share)) }).toEqual({ service, unfair: [] });
  }
  expect(readsBesideWarmUp(after)).toEqual(none);

  const ends = await Promise.all(byHand.map((member) => member.stop()));
  await pause(8_000);
  expect(ends.filter(({ code, tookMs }) => code !== 0 || tookMs > ENDS_WITHIN_MS)).toEqual([]);
  expect(readsBesideWarmUp(await look())).toEqual(none);
  const { violations } = await scenario.check();
  expect(shortly(failedOf(history.acts))).toEqual([]);
  expect(violations).toEqual([]);
}, 400_000);
