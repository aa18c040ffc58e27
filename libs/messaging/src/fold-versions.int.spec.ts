import { SNAPSHOT_BUCKET } from '#libs/contracts';
import { digestOf, foldAll } from '#libs/kernel';
import { withServers, type Servers } from '#test/support/servers';
import { StatefulBed, until, type StatefulMember } from './testing/stateful-bed';
import { makeTestFold } from './testing/test-fold';
import { TestLog } from './testing/test-log';

const FOLDS = { 1: makeTestFold(1), 2: makeTestFold(2) } as const;
type Version = keyof typeof FOLDS;
/** So many that each of two members surely serves some. */
const MINDS = Array.from({ length: 24 }, (_, n) => `mind-${n}`);
const SNAPSHOT_EVERY = 50;

let servers: Servers;
let bed: StatefulBed;

beforeAll(async () => {
  servers = await withServers({ postgres: false });
  bed = await StatefulBed.at(servers.natsUrl);
}, 30_000);
afterEach(() => bed.everybodyLeaves());
afterAll(async () => {
  await bed?.close();
  await servers?.stop();
});

const join = (version: Version): Promise<StatefulMember> =>
  bed.join({ fold: FOLDS[version], settings: { PMM_SNAPSHOT_EVERY: `${SNAPSHOT_EVERY}` } });

const digest = (mind: string, version: Version) =>
  digestOf(FOLDS[version], foldAll(FOLDS[version], bed.log.events(mind)));

const say = (mind: string, count: number) =>
  bed.log.put(mind, ...Array.from({ length: count }, (_, n) => ({ kind: 'x.say', content: `${n}` })));

async function snapshotsOf(version: Version): Promise<string[]> {
  const { streams } = await bed.link.nc.jetstreamManager();
  const prefix = `$KV.${SNAPSHOT_BUCKET('projection')}.${version}.`;
  const { state } = await streams.info(`KV_${SNAPSHOT_BUCKET('projection')}`, {
    subjects_filter: `${prefix}*`,
  });
  return Object.keys(state.subjects ?? {}).map((subject) => subject.slice(prefix.length));
}

const count = async ({ metrics }: StatefulMember, name: string) => (await metrics.counters())[name] ?? 0;
const prepared = (member: StatefulMember) => count(member, 'pmm_minds_prepared_total{result="stored"}');
/** Minds whose log was read from its first event. */
const readWhole = () => bed.log.reads.filter(({ after }) => after === 0).map(({ mind }) => mind);
const sharedOut = (...members: StatefulMember[]) =>
  members.reduce((sum, { ownership }) => sum + ownership.owned().length, 0) === bed.shards;

/** Asks for every mind and holds the answers against folds of the log. Gives the versions that answered. */
async function answering(): Promise<Set<number>> {
  const versions = new Set<number>();
  for (const mind of MINDS) {
    const minPosition = bed.log.head(mind).position;
    const reply = await bed.state(mind, { minPosition });
    expect(reply).toMatchObject({
      watermark: minPosition,
      digest: digest(mind, reply.foldVersion as Version),
    });
    versions.add(reply.foldVersion);
  }
  return versions;
}

/** Something happens in every mind. */
function happen(): void {
  for (const mind of MINDS) {
    const { position } = bed.log.head(mind);
    say(mind, 2);
    bed.broadcast(mind, position + 1, position + 2);
  }
}

describe('a new fold version', () => {
  it('rebuilds beside the old one, then switches, and can go back', async () => {
    bed.log = new TestLog();
    for (const mind of MINDS) say(mind, 120);
    const old = await join(1);
    expect(await answering()).toEqual(new Set([1]));
    await until(async () => (await snapshotsOf(1)).length === MINDS.length);

    bed.log.reads.length = 0;
    // So slow that what was not waited for is not there yet.
    bed.log.beforeRead = () => new Promise((resolve) => setTimeout(resolve, 30));
    const young = await join(2);
    const own = MINDS.filter((mind) => young.ownership.owns(young.logClient.shardOf(mind)));
    expect(own.length).toBeGreaterThan(0);
    expect(await snapshotsOf(2)).toEqual(expect.arrayContaining(own));
    bed.log.beforeRead = () => undefined;
    await until(async () => (await prepared(young)) === MINDS.length);
    expect(readWhole().sort()).toEqual([...MINDS].sort());
    expect((await snapshotsOf(2)).sort()).toEqual([...MINDS].sort());
    expect((await snapshotsOf(1)).sort()).toEqual([...MINDS].sort());

    await until(() => sharedOut(old, young));
    bed.log.reads.length = 0;
    expect(await answering()).toEqual(new Set([1, 2]));
    happen();
    expect(await answering()).toEqual(new Set([1, 2]));
    expect(readWhole()).toEqual([]);
    expect(await count(young, 'pmm_loads_total{from="snapshot"}')).toBe(own.length);

    await bed.leave(old);
    expect(await answering()).toEqual(new Set([2]));
    happen();
    expect(await answering()).toEqual(new Set([2]));
    expect(readWhole()).toEqual([]);
    expect(await count(young, 'pmm_loads_total{from="snapshot"}')).toBe(MINDS.length);
    expect(await count(young, 'pmm_loads_total{from="start"}')).toBe(0);

    const back = await join(1);
    await bed.leave(young);
    expect(await answering()).toEqual(new Set([1]));
    expect(readWhole()).toEqual([]);
    expect(await prepared(back)).toBe(0);
    expect(await count(back, 'pmm_loads_total{from="snapshot"}')).toBe(MINDS.length);
  }, 60_000);
});
