import { AppError, digestOf, foldAll } from '#libs/kernel';
import { gate, settled, TestBed } from '../testing/test-cache';
import { makeTestFold, POISON, testFold } from '../testing/test-fold';

const never = () => false;
const always = () => true;

afterEach(() => jest.useRealTimers());

/** Minds with a few events each, of which only snapshots of another fold version are stored. */
function behind(count: number, events = 3) {
  const bed = new TestBed();
  const minds = Array.from({ length: count }, (_, n) => `m${n}`);
  for (const mind of minds) {
    bed.log.put(mind, ...Array.from({ length: events }, (_, n) => ({ kind: 'x.say', content: `${n}` })));
    bed.snapshots.others.push(mind);
  }
  return { bed, minds, stored: () => [...bed.snapshots.stored.keys()] };
}

const prepared = 'pmm_minds_prepared_total{result="stored"}';
const failed = 'pmm_minds_prepared_total{result="failed"}';

describe('the preparation for a fold version', () => {
  it('stores snapshots of ours for the minds that come first, and of the others beside', async () => {
    const { bed, minds, stored } = behind(5);
    const second = gate();
    bed.log.beforeRead = ({ mind }) => (mind === 'm1' || mind === 'm3' ? undefined : second.opened);
    await bed.cache().prepare((mind) => mind === 'm1' || mind === 'm3', always);
    expect(stored()).toEqual(['m1', 'm3']);
    expect(await bed.counter('pmm_minds_to_prepare')).toBe(3);
    second.open();
    await settled();
    expect(stored().sort()).toEqual(minds);
    for (const mind of minds)
      expect(bed.snapshots.stored.get(mind)).toMatchObject({ watermark: 3, digest: bed.wholeDigest(mind) });
    expect(await bed.counter(prepared)).toBe(5);
    expect(await bed.counter('pmm_minds_to_prepare')).toBe(0);
    expect(bed.log.reads.map(({ after, purpose }) => [after, purpose])).toEqual(
      minds.map(() => [0, 'warmup']),
    );
    expect(bed.snapshots.droppedOld).toBe(1);
  });

  it('does so with the fold of its own version, and leaves no mind in the cache', async () => {
    const { bed } = behind(1);
    const fold = makeTestFold(2);
    const cache = bed.cache({}, { fold });
    await cache.prepare(always, always);
    const digest = digestOf(fold, foldAll(fold, bed.log.events('m0')));
    expect(bed.snapshots.stored.get('m0')).toMatchObject({ foldVersion: 2, digest });
    expect(digest).not.toBe(digestOf(testFold, foldAll(testFold, bed.log.events('m0'))));
    expect([...cache.residents()]).toEqual([]);
  });

  it('folds at most 16 minds at once before shards are taken, and 2 beside the feed', async () => {
    for (const [isFirst, limit] of [
      [always, 16],
      [never, 2],
    ] as const) {
      const { bed } = behind(40);
      let [running, most] = [0, 0];
      bed.log.beforeRead = async () => {
        most = Math.max(most, (running += 1));
        await settled(2);
        running -= 1;
      };
      await bed.cache().prepare(isFirst, always);
      await settled(200);
      expect(await bed.counter(prepared)).toBe(40);
      expect(most).toBe(limit);
    }
  });

  it('holds up nobody for more than 30 s; the rest is done beside', async () => {
    jest.useFakeTimers();
    const { bed, stored } = behind(20);
    const log = gate();
    bed.log.beforeRead = ({ mind }) => (mind === 'm7' ? log.opened : undefined);
    let isOver = false;
    void bed
      .cache()
      .prepare(always, always)
      .then(() => (isOver = true));
    await jest.advanceTimersByTimeAsync(29_900);
    expect([isOver, stored().length]).toEqual([false, 19]);
    await jest.advanceTimersByTimeAsync(200);
    expect([isOver, bed.snapshots.droppedOld]).toEqual([true, 0]);
    log.open();
    await jest.advanceTimersByTimeAsync(100);
    expect([stored().length, bed.snapshots.droppedOld]).toEqual([20, 1]);
  });

  it('goes on beside, from where it was, once nobody waits any more', async () => {
    const { bed, stored } = behind(3, 3_500);
    let isAwaited = true;
    bed.log.beforeRead = ({ after }) => void (isAwaited &&= after !== 1_000);
    await bed.cache().prepare(always, () => isAwaited);
    await settled(50);
    expect(bed.snapshots.puts.map(({ watermark }) => watermark < 3_500)).toContain(true);
    expect(stored()).toHaveLength(3);
    for (const mind of stored())
      expect(bed.snapshots.stored.get(mind)).toMatchObject({
        watermark: 3_500,
        digest: bed.wholeDigest(mind),
      });
    expect(bed.log.reads.filter(({ after }) => after === 0)).toHaveLength(3);
  });

  it('holds up nobody at all when nobody else serves', async () => {
    const { bed, stored } = behind(3);
    const listed = gate();
    bed.snapshots.behind = () => listed.opened.then(() => bed.snapshots.others);
    await bed.cache().prepare(always, never);
    expect(bed.log.reads).toEqual([]);
    listed.open();
    await settled();
    expect(stored()).toHaveLength(3);
  });

  it('goes on with the others when one cannot be read or folded', async () => {
    const { bed, stored } = behind(4);
    bed.log.put('m1', { kind: 'x.say', content: POISON });
    bed.log.beforeRead = ({ mind }) => {
      if (mind === 'm2') throw new AppError('unavailable', 'down');
    };
    await bed.cache().prepare(always, always);
    await settled();
    expect(stored()).toEqual(['m0', 'm3']);
    expect([await bed.counter(prepared), await bed.counter(failed)]).toEqual([2, 2]);
    expect(bed.alarms.map(({ code }) => code)).toEqual(['fold_failed']);
    expect(bed.logged).toContainEqual(expect.stringContaining('mind m2 could not be folded ahead'));
    expect(bed.snapshots.droppedOld).toBe(1);
  });

  it('ends when the cache is closed, and drops nothing then', async () => {
    const { bed, stored } = behind(10);
    const log = gate();
    bed.log.beforeRead = () => log.opened;
    const cache = bed.cache();
    await cache.prepare(never, always);
    await settled();
    const closed = cache.close();
    log.open();
    await closed;
    await settled();
    expect(stored()).toHaveLength(2);
    expect(bed.log.reads).toHaveLength(2);
    expect(bed.snapshots.droppedOld).toBe(0);
  });
});
