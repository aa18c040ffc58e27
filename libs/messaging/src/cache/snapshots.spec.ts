import { encodeState, foldAll } from '#libs/kernel';
import { gate, settled, soon, TestBed } from '../testing/test-cache';
import { makeTestFold, testFold, type TestState } from '../testing/test-fold';

const MIND = 'ada';
const say = (content: string) => ({ kind: 'x.say', content });
const says = (count: number) => Array.from({ length: count }, (_, n) => say(`${n}`));
const length = (state: TestState) => ({ length: state.trail.length });
const read = (cache: ReturnType<TestBed['cache']>) => cache.read(MIND, { deadlineAt: soon() }, length);

/** Twelve events with a duty and ticks among them, and a snapshot at 8. */
async function withSnapshot() {
  const bed = new TestBed();
  bed.log.put(MIND, ...says(6), { kind: 'x.duty', content: 'one' }, { kind: 'autonomy_tick' });
  await read(bed.cache({ snapshotEvery: 8 }));
  await settled();
  bed.log.put(MIND, ...says(4));
  const snapshot = bed.snapshots.stored.get(MIND);
  if (!snapshot) throw new Error('no snapshot');
  bed.log.reads.length = 0;
  return { bed, snapshot };
}

describe('a snapshot', () => {
  it('and the rest of the log give the whole, with one read that proves its hash', async () => {
    const { bed, snapshot } = await withSnapshot();
    expect(snapshot).toMatchObject({ watermark: 8, foldVersion: 1, digest: bed.wholeDigest(MIND, 8) });
    expect(await read(bed.cache())).toMatchObject({ watermark: 12, digest: bed.wholeDigest(MIND) });
    expect(bed.log.reads).toEqual([{ mind: MIND, after: 7, limit: 1_000, purpose: 'warmup' }]);
    expect(await bed.counter('pmm_loads_total{from="snapshot"}')).toBe(1);
  });

  it('at a batch is enough: the batch folds the rest', async () => {
    const { bed } = await withSnapshot();
    bed.log.put(MIND, say('well?'));
    const cache = bed.cache();
    await cache.onBatch(bed.log.batch(MIND, 9, 13));
    expect(bed.log.reads).toEqual([{ mind: MIND, after: 7, limit: 1, purpose: 'warmup' }]);
    expect([...cache.residents()]).toMatchObject([{ watermark: 13 }]);
    expect(bed.writer.writes).toHaveLength(1);
  });

  it('past an old batch is used too, and the mind read up to the head', async () => {
    const { bed } = await withSnapshot();
    const cache = bed.cache({}, { rules: [{ name: 'r', kinds: ['x.say'], decide: () => [] }] });
    await cache.onBatch(bed.log.batch(MIND, 2, 3));
    expect([...cache.residents()]).toMatchObject([{ watermark: 12 }]);
    expect(bed.log.reads).toMatchObject([{ after: 7 }]);
  });

  const other = {
    'another fold version': { foldVersion: 2 },
    'a wrong digest': { digest: '0'.repeat(64) },
    'a foreign hash': { headHash: 'f'.repeat(64) },
    'a watermark ahead of the log': { watermark: 13 },
    'a watermark that is not its own': { watermark: 7 },
    'the mind of somebody else': { mind: 'bob' },
    'a state that is no JSON': { state: '{' },
    'a state that lacks a section': { state: '{"trail":{"length":6,"mix":1}}' },
    'a state that is null': { state: 'null' },
  };
  it.each(Object.entries(other))('with %s is not trusted', async (_, change) => {
    const { bed, snapshot } = await withSnapshot();
    bed.snapshots.stored.set(MIND, { ...snapshot, ...change });
    expect(await read(bed.cache())).toMatchObject({ watermark: 12, digest: bed.wholeDigest(MIND) });
    expect(await bed.counter('pmm_snapshots_total{result="distrusted"}')).toBe(1);
    expect(bed.log.reads.at(-1)).toMatchObject({ after: 0 });
    expect(bed.alarms).toEqual([]);
  });

  it('of a newer fold starts from the beginning and then replaces it', async () => {
    const { bed } = await withSnapshot();
    const cache = bed.cache({ snapshotEvery: 8 }, { fold: makeTestFold(2) });
    await read(cache);
    await settled();
    expect(bed.snapshots.stored.get(MIND)).toMatchObject({ foldVersion: 2, watermark: 12 });
  });

  it('is stored every so many events', async () => {
    const bed = new TestBed();
    bed.log.put(MIND, say('?'), ...says(34));
    const cache = bed.cache({ snapshotEvery: 10 });
    for (let to = 1; to <= 35; to++) await cache.onBatch(bed.log.batch(MIND, to, to));
    await settled();
    expect(bed.snapshots.puts.map(({ watermark }) => watermark)).toEqual([10, 20, 30]);
    expect(bed.snapshots.puts.map(({ digest }) => digest)).toEqual(
      [10, 20, 30].map((to) => bed.wholeDigest(MIND, to)),
    );
  });

  it('is stored once at the end of a long load, not at each of its pages', async () => {
    const bed = new TestBed();
    bed.log.put(MIND, ...says(3_500));
    await read(bed.cache({ snapshotEvery: 1_000 }));
    await settled();
    expect(bed.snapshots.puts.map(({ watermark }) => watermark)).toEqual([3_500]);
  });

  it('is of one moment though the fold goes on while it is stored', async () => {
    const bed = new TestBed();
    bed.log.put(MIND, say('?'), ...says(14));
    const storing = gate();
    bed.snapshots.beforePut = () => storing.opened;
    const cache = bed.cache({ snapshotEvery: 10 });
    for (let to = 1; to <= 15; to++) await cache.onBatch(bed.log.batch(MIND, to, to));
    storing.open();
    await settled();
    const [stored] = bed.snapshots.puts;
    expect(stored).toMatchObject({ watermark: 10, digest: bed.wholeDigest(MIND, 10) });
    expect(stored?.state).toBe(encodeState(foldAll(testFold, bed.log.events(MIND).slice(0, 10))));
  });

  it('is stored at the end for minds with 100 new events or more', async () => {
    const bed = new TestBed();
    bed.log.put(MIND, say('?'), ...says(99));
    bed.log.put('bob', say('?'), ...says(98));
    const cache = bed.cache();
    await cache.onBatch(bed.log.batch(MIND, 1, 100));
    await cache.onBatch(bed.log.batch('bob', 1, 99));
    await cache.close();
    expect(bed.snapshots.puts.map(({ mind }) => mind)).toEqual([MIND]);
    await cache.close();
    expect(bed.snapshots.puts).toHaveLength(1);
  });

  it('is stored when its mind goes to another member, which is let go of', async () => {
    const bed = new TestBed();
    for (const mind of [MIND, 'bob']) bed.log.put(mind, say('?'), ...says(120));
    const cache = bed.cache();
    for (const mind of [MIND, 'bob']) await cache.onBatch(bed.log.batch(mind, 1, 121));
    await cache.release((mind) => mind === 'bob');
    expect(bed.snapshots.puts).toMatchObject([{ mind: MIND, watermark: 121 }]);
    expect([...cache.residents()].map(({ mind }) => mind)).toEqual(['bob']);
  });

  it('that cannot be stored in time holds nobody up', async () => {
    jest.useFakeTimers({ doNotFake: ['setImmediate', 'nextTick', 'queueMicrotask'] });
    const bed = new TestBed();
    bed.log.put(MIND, say('?'), ...says(120));
    const cache = bed.cache();
    await cache.onBatch(bed.log.batch(MIND, 1, 121));
    bed.snapshots.beforePut = () => new Promise(() => undefined);
    const closed = cache.close();
    await jest.advanceTimersByTimeAsync(3_100);
    await closed;
    expect(bed.logged).toContain('not every snapshot could be stored in time');
    jest.useRealTimers();
  });
});

describe('the proof of a snapshot', () => {
  const proving = async (spoil: (state: TestState) => void) => {
    const bed = new TestBed();
    bed.log.put(MIND, ...says(19));
    const cache = bed.cache({ snapshotEvery: 10, verifySample: 1 });
    bed.log.put(MIND, say('?'));
    const all = bed.log.events(MIND).splice(10);
    await read(cache);
    await settled();
    bed.log.events(MIND).push(...all);
    await cache.read(MIND, { deadlineAt: soon() }, (state) => {
      spoil(state);
      return {};
    });
    bed.log.reads.length = 0;
    await cache.onBatch(bed.log.batch(MIND, 11, 20));
    await settled();
    return { bed, cache };
  };

  it('folds the events since the one before, and stores', async () => {
    const { bed } = await proving(() => undefined);
    expect(bed.snapshots.puts.map(({ watermark }) => watermark)).toEqual([10, 20]);
    expect(bed.log.reads).toEqual([{ mind: MIND, after: 9, limit: 11, purpose: 'verify' }]);
    expect(await bed.counter('pmm_snapshots_total{result="proved"}')).toBe(1);
    expect(bed.alarms).toEqual([]);
  });

  it('that fails is an alarm and a rebuild from position 1, whatever is stored', async () => {
    const { bed, cache } = await proving((state) => (state.trail.mix = 12_345));
    expect(bed.alarms).toMatchObject([{ code: 'cache_mismatch' }]);
    expect(bed.snapshots.puts.map(({ watermark }) => watermark)).toEqual([10]);
    bed.log.reads.length = 0;
    expect(await read(cache)).toMatchObject({ watermark: 20, digest: bed.wholeDigest(MIND) });
    expect(bed.log.reads).toMatchObject([{ after: 0 }]);
    await settled();
    expect(bed.snapshots.stored.get(MIND)).toMatchObject({ watermark: 20, digest: bed.wholeDigest(MIND) });
  });

  it('that fails is remembered until a load has succeeded', async () => {
    const { bed, cache } = await proving((state) => (state.trail.mix = 12_345));
    bed.log.beforeRead = () => {
      throw new Error('down');
    };
    await expect(read(cache)).rejects.toThrow('down');
    bed.log.beforeRead = () => undefined;
    bed.log.reads.length = 0;
    await read(cache);
    expect(bed.log.reads).toMatchObject([{ after: 0 }]);
  });

  it('is left out when the stored one is not the one before', async () => {
    const bed = new TestBed();
    bed.log.put(MIND, say('?'), ...says(29));
    const cache = bed.cache({ snapshotEvery: 10, verifySample: 1 });
    await cache.onBatch(bed.log.batch(MIND, 1, 10));
    await settled();
    bed.snapshots.stored.clear();
    await cache.onBatch(bed.log.batch(MIND, 11, 20));
    await settled();
    expect(bed.snapshots.puts).toHaveLength(2);
    expect(bed.log.reads).toEqual([]);
  });

  it('says nothing against a state when the stored one before is not of this log', async () => {
    const bed = new TestBed();
    bed.log.put(MIND, say('?'), ...says(29));
    const cache = bed.cache({ snapshotEvery: 10, verifySample: 1 });
    await cache.onBatch(bed.log.batch(MIND, 1, 10));
    await settled();
    const before = bed.snapshots.stored.get(MIND);
    if (!before) throw new Error('no snapshot');
    bed.snapshots.stored.set(MIND, { ...before, headHash: 'f'.repeat(64) });
    await cache.onBatch(bed.log.batch(MIND, 11, 20));
    await settled();
    expect(bed.alarms).toEqual([]);
    expect([...cache.residents()]).toMatchObject([{ watermark: 20 }]);
    expect(bed.snapshots.stored.get(MIND)).toMatchObject({ watermark: 20 });
  });

  it('is a sample', async () => {
    const { bed } = await withSnapshot();
    const cache = bed.cache({ snapshotEvery: 1, verifySample: 0.4 });
    await read(cache);
    await settled();
    expect(bed.log.reads.filter(({ purpose }) => purpose === 'verify')).toEqual([]);
    expect(bed.snapshots.puts.at(-1)).toMatchObject({ watermark: 12 });
  });
});
