import { digestOf, foldAll } from '#libs/kernel';
import { withServers, type Servers } from '#test/support/servers';
import { StatefulBed, until } from '../../messaging/src/testing/stateful-bed';
import { testFold } from '../../messaging/src/testing/test-fold';
import { TestLog } from '../../messaging/src/testing/test-log';

let servers: Servers;
let bed: StatefulBed;
let log: TestLog;

beforeAll(async () => {
  servers = await withServers({ postgres: false });
  bed = await StatefulBed.at(servers.natsUrl);
}, 30_000);
afterEach(() => bed.everybodyLeaves());
afterAll(async () => {
  await bed?.close();
  await servers?.stop();
});
beforeEach(() => void (bed.log = log = new TestLog()));

const say = (content: string) => ({ kind: 'x.say', content });
const says = (count: number) => Array.from({ length: count }, (_, n) => say(`${n}`));
const digest = (mind: string) => digestOf(testFold, foldAll(testFold, log.events(mind)));

describe('a service with a cache', () => {
  it('folds what is broadcast, decides, and tells watermark and digest', async () => {
    await bed.join();
    log.put('ada', say('well?'));
    bed.broadcast('ada', 1, 1);
    await until(() => log.appends.length === 1);
    expect(log.events('ada')).toHaveLength(2);
    bed.broadcast('ada', 2, 2);
    expect(await bed.state('ada', { minPosition: 2 })).toEqual({
      service: 'projection',
      foldVersion: 1,
      watermark: 2,
      digest: digest('ada'),
    });
    expect(log.reads).toEqual([]);
  });

  it('hands errors on', async () => {
    await bed.join();
    await expect(bed.state('nobody')).rejects.toMatchObject({ code: 'unknown_mind' });
    log.put('ada', say('a'));
    await expect(bed.state('ada', { minPosition: 9 })).rejects.toMatchObject({ code: 'invalid_request' });
  });

  it('finds out on a reconnect what a quiet mind missed', async () => {
    const member = await bed.join();
    log.put('ada', say('a'));
    expect(await bed.state('ada')).toMatchObject({ watermark: 1 });
    log.put('ada', say('b'));
    const before = log.reads.length;
    await servers.restartNats();
    const folded = 'pmm_events_folded_total{path="repair"}';
    await until(async () => (await member.metrics.counters())[folded] === 1);
    expect(await bed.state('ada')).toMatchObject({ watermark: 2, digest: digest('ada') });
    expect(log.reads.slice(before).map(({ purpose }) => purpose)).toEqual(['repair']);
  }, 30_000);

  it('goes on from the snapshot of the one before, with one read', async () => {
    const first = await bed.join();
    log.put('ada', say('?'), ...says(149));
    bed.broadcast('ada', 1, 150);
    await until(async () => (await bed.state('ada')).watermark === 150);
    await bed.leave(first);
    await bed.join();
    log.put('ada', say('more'));
    log.reads.length = 0;
    expect(await bed.state('ada')).toMatchObject({ watermark: 152, digest: digest('ada') });
    expect(log.reads).toMatchObject([{ after: 149 }]);
  }, 20_000);

  it('forgets what it holds of a shard that was another member’s in between', async () => {
    const first = await bed.join();
    const minds = Array.from({ length: 12 }, (_, n) => `mind-${n}`);
    for (const mind of minds) log.put(mind, say('a'));
    for (const mind of minds) expect(await bed.state(mind)).toMatchObject({ watermark: 1 });
    const second = await bed.join();
    await until(() => first.ownership.owned().length + second.ownership.owned().length === bed.shards);
    await until(() => first.ownership.owned().length < bed.shards);
    for (const mind of minds) {
      log.put(mind, say('b'));
      bed.broadcast(mind, 2, 2);
    }
    await bed.leave(second);
    await until(() => first.ownership.owned().length === bed.shards);
    for (const mind of minds)
      expect(await bed.state(mind)).toMatchObject({ watermark: 2, digest: digest(mind) });
  }, 20_000);
});
