import type { Batch } from '#libs/contracts';
import { AppError } from '#libs/kernel';
import { gate, settled, soon, TestBed } from '../testing/test-cache';
import { POISON, type TestState } from '../testing/test-fold';

const MIND = 'ada';
const say = (content: string) => ({ kind: 'x.say', content });
const tick = { kind: 'autonomy_tick', meta: { tick: 1, reason: 'requested' } };
const length = (state: TestState) => ({ length: state.trail.length });

/** A cache that has folded the first `to` of ten events, none of which a rule wants to see. */
async function foldedTo(to: number) {
  const bed = new TestBed();
  const letters = [...'abcdefghij'].map(say);
  bed.log.put(MIND, ...letters.slice(0, to));
  const cache = bed.cache();
  await cache.read(MIND, { deadlineAt: soon() }, length);
  bed.log.put(MIND, ...letters.slice(to));
  bed.log.reads.length = 0;
  const seen = () => cache.read(MIND, { deadlineAt: soon() }, length);
  return { bed, cache, seen };
}

describe('on a batch', () => {
  it('drops one that ends before the watermark', async () => {
    const { bed, cache, seen } = await foldedTo(5);
    await cache.onBatch(bed.log.batch(MIND, 2, 4));
    expect(await seen()).toMatchObject({ watermark: 5, length: 5 });
    expect(await bed.counter('pmm_batches_total{result="old"}')).toBe(1);
  });

  it('drops one that ends at the watermark with the same hash', async () => {
    const { bed, cache, seen } = await foldedTo(5);
    await cache.onBatch(bed.log.batch(MIND, 4, 5));
    expect(await seen()).toMatchObject({ watermark: 5, length: 5 });
    expect(bed.alarms).toEqual([]);
  });

  it('raises an alarm and rebuilds when one ends at the watermark with another hash', async () => {
    const { bed, cache, seen } = await foldedTo(5);
    await cache.onBatch({ ...bed.log.batch(MIND, 4, 5), headHash: 'f'.repeat(64) });
    expect(bed.alarms).toMatchObject([{ code: 'cache_mismatch', details: { mind: MIND, watermark: 5 } }]);
    expect([...cache.residents()]).toEqual([]);
    expect(await seen()).toMatchObject({ watermark: 10, digest: bed.wholeDigest(MIND) });
    expect(await bed.counter('pmm_rebuilds_total')).toBe(1);
  });

  it('folds what is new of one that overlaps', async () => {
    const { bed, cache, seen } = await foldedTo(5);
    await cache.onBatch(bed.log.batch(MIND, 3, 8));
    expect(await seen()).toMatchObject({ watermark: 8, digest: bed.wholeDigest(MIND, 8) });
    expect(bed.log.reads).toEqual([]);
  });

  it('raises an alarm when what follows in an overlapping one is of another chain', async () => {
    const { bed, cache, seen } = await foldedTo(5);
    const other = new TestBed();
    other.log.put(MIND, ...[...'ABCDEFGH'].map(say));
    await cache.onBatch(other.log.batch(MIND, 3, 8));
    expect(bed.alarms).toHaveLength(1);
    expect(await seen()).toMatchObject({ watermark: 10, digest: bed.wholeDigest(MIND) });
  });

  it('folds one that follows', async () => {
    const { bed, cache, seen } = await foldedTo(5);
    await cache.onBatch(bed.log.batch(MIND, 6, 7));
    expect(await seen()).toMatchObject({ watermark: 7, digest: bed.wholeDigest(MIND, 7) });
    expect(bed.log.reads).toEqual([]);
  });

  it('measures how late it is, but not by events of an import, which are old', async () => {
    const { bed, cache } = await foldedTo(5);
    const measured = async () =>
      (await bed.metrics.registry.metrics()).match(/^pmm_batch_lag_seconds_count\S* (\d+)$/m)?.[1];
    bed.log.importedTo = 7;
    await cache.onBatch(bed.log.batch(MIND, 6, 7));
    expect(await measured()).toBe('0');
    await cache.onBatch(bed.log.batch(MIND, 8, 9));
    expect(await measured()).toBe('1');
  });

  it('raises an alarm when one that follows is of another chain', async () => {
    const { bed, cache } = await foldedTo(5);
    const batch = bed.log.batch(MIND, 6, 6);
    const foreign = batch.events.map((event) => ({ ...event, prevHash: 'f'.repeat(64) }));
    await cache.onBatch({ ...batch, events: foreign });
    expect(bed.alarms).toMatchObject([{ code: 'cache_mismatch' }]);
  });

  it('reads exactly the gap before one that comes too early', async () => {
    const { bed, cache, seen } = await foldedTo(5);
    await cache.onBatch(bed.log.batch(MIND, 8, 9));
    expect(bed.log.reads).toEqual([{ mind: MIND, after: 5, limit: 2, purpose: 'repair' }]);
    expect(await seen()).toMatchObject({ watermark: 9, digest: bed.wholeDigest(MIND, 9) });
  });

  it('leaves the state as it is when the gap cannot be read, and repairs it with the next one', async () => {
    const { bed, cache, seen } = await foldedTo(5);
    bed.log.beforeRead = () => {
      throw new AppError('unavailable', 'not now');
    };
    await expect(cache.onBatch(bed.log.batch(MIND, 8, 9))).rejects.toMatchObject({ code: 'unavailable' });
    expect(await seen()).toMatchObject({ watermark: 5 });
    bed.log.beforeRead = () => undefined;
    await cache.onBatch(bed.log.batch(MIND, 10, 10));
    expect(await seen()).toMatchObject({ watermark: 10, digest: bed.wholeDigest(MIND) });
  });

  it('folds beyond the gap what a batch brought while a repair was under way', async () => {
    const { bed, cache, seen } = await foldedTo(5);
    const reading = gate();
    bed.log.beforeRead = () => reading.opened;
    const repaired = cache.catchUp(MIND, bed.log.head(MIND));
    await settled();
    await cache.onBatch(bed.log.batch(MIND, 6, 8));
    reading.open();
    await repaired;
    expect((await seen()).watermark).toBeGreaterThanOrEqual(8);
    await cache.onBatch(bed.log.batch(MIND, 9, 10));
    expect(await seen()).toMatchObject({ watermark: 10, digest: bed.wholeDigest(MIND) });
    expect(bed.alarms).toEqual([]);
  });
});

describe('on a batch of a mind that is not resident', () => {
  it('drops it when no rule names any of its events, and reads nothing', async () => {
    const bed = new TestBed();
    bed.log.put(MIND, { kind: 'x.duty' }, { kind: 'x.done', content: '1' });
    const cache = bed.cache();
    await cache.onBatch(bed.log.batch(MIND, 1, 2));
    expect([...cache.residents()]).toEqual([]);
    expect(bed.log.reads).toEqual([]);
    expect(await bed.counter('pmm_batches_total{result="not_resident"}')).toBe(1);
  });

  it('loads it up to the batch and decides, when a rule names one of its events', async () => {
    const bed = new TestBed();
    bed.log.put(MIND, { kind: 'x.duty' }, { kind: 'x.done', content: '9' }, tick);
    const cache = bed.cache();
    await cache.onBatch(bed.log.batch(MIND, 3, 3));
    expect(bed.log.reads).toEqual([{ mind: MIND, after: 0, limit: 2, purpose: 'warmup' }]);
    expect(bed.writer.writes).toMatchObject([
      { rule: 'do-duty', events: [{ kind: 'x.done', content: '1' }] },
    ]);
    expect([...cache.residents()]).toMatchObject([{ watermark: 3 }]);
  });

  it('reads nothing at all for the first events of a new mind', async () => {
    const bed = new TestBed();
    bed.log.put(MIND, say('hello?'));
    const cache = bed.cache();
    await cache.onBatch(bed.log.batch(MIND, 1, 1));
    expect(bed.log.reads).toEqual([]);
    expect(bed.writer.writes).toHaveLength(1);
  });

  it('loads it for an effect as well', async () => {
    const bed = new TestBed();
    bed.log.put(MIND, { kind: 'x.duty' });
    const cache = bed.cache();
    const seen: [string, number, number][] = [];
    cache.addEffect({
      kinds: ['x.duty'],
      react: (mind, { duties }, { position }) => seen.push([mind, duties.open.size, position]),
    });
    await cache.onBatch(bed.log.batch(MIND, 1, 1));
    expect(seen).toEqual([[MIND, 1, 1]]);
  });

  it('leaves a batch that comes during a load for a reader to the live fold, which decides', async () => {
    const bed = new TestBed();
    bed.log.put(MIND, say('a'), say('b'), say('c?'));
    const cache = bed.cache();
    const reading = gate();
    bed.log.beforeRead = () => reading.opened;
    const read = cache.read(MIND, { deadlineAt: soon() }, length);
    await settled();
    const folded = cache.onBatch(bed.log.batch(MIND, 3, 3));
    reading.open();
    await Promise.all([read, folded]);
    expect(bed.writer.writes).toMatchObject([{ rule: 'answer' }]);
    expect(await cache.read(MIND, { deadlineAt: soon() }, length)).toMatchObject({ watermark: 3 });
    expect(bed.log.reads).toHaveLength(1);
  });

  it('leaves a batch that comes during a repair for a reader to the live fold, which decides', async () => {
    const { bed, cache } = await foldedTo(5);
    bed.log.put(MIND, say('k?'));
    const reading = gate();
    bed.log.beforeRead = () => reading.opened;
    const repaired = cache.catchUp(MIND, bed.log.head(MIND));
    await settled();
    const folded = cache.onBatch(bed.log.batch(MIND, 11, 11));
    reading.open();
    await Promise.all([repaired, folded]);
    expect(bed.writer.writes).toMatchObject([{ rule: 'answer', events: [{ kind: 'x.answer' }] }]);
    expect([...cache.residents()]).toMatchObject([{ watermark: 11 }]);
  });

  it('ignores an old batch that comes while a load is past it already', async () => {
    const bed = new TestBed();
    bed.log.put(MIND, ...Array.from({ length: 1_500 }, (_, n) => say(`${n}`)));
    const cache = bed.cache();
    const second = gate();
    bed.log.beforeRead = ({ after }) => (after === 1_000 ? second.opened : undefined);
    const read = cache.read(MIND, { deadlineAt: soon() }, length);
    await settled(50);
    const old = cache.onBatch(bed.log.batch(MIND, 3, 5));
    second.open();
    await old;
    expect(await read).toMatchObject({ watermark: 1_500, length: 1_500 });
  });
});

describe('decisions', () => {
  const decidedOn = async (
    act: (bed: TestBed, batch: (from: number, to: number) => Batch) => Promise<void>,
  ) => {
    const bed = new TestBed();
    bed.log.put(MIND, say('a'), say('b?'), say('c?'));
    await act(bed, (from, to) => bed.log.batch(MIND, from, to));
    await settled();
    return bed.writer.writes.map(({ events }) => events[0]?.content);
  };

  it('are taken on the state at exactly the causing event', async () => {
    const contents = await decidedOn(async (bed, batch) => bed.cache().onBatch(batch(1, 3)));
    expect(contents).toHaveLength(1);
    expect(contents[0]).toMatch(/^2\//);
  });

  it('are not taken by a load or a repair', async () => {
    expect(
      await decidedOn(async (bed, batch) => {
        const cache = bed.cache();
        await cache.read(MIND, { deadlineAt: soon() }, length);
        bed.log.put(MIND, say('d?'), say('e?'), say('f'));
        await cache.onBatch(bed.log.batch(MIND, 6, 6));
        expect(await cache.read(MIND, { deadlineAt: soon() }, length)).toMatchObject({ watermark: 6 });
        await cache.onBatch(batch(1, 3));
      }),
    ).toEqual([]);
  });

  it('are not taken on imported events', async () => {
    const contents = await decidedOn(async (bed, batch) => {
      bed.log.importedTo = 2;
      const cache = bed.cache();
      await cache.onBatch(batch(1, 2));
      expect([...cache.residents()]).toEqual([]);
      await cache.onBatch(batch(1, 3));
    });
    expect(contents).toHaveLength(1);
    expect(contents[0]).toMatch(/^3\//);
  });

  it('wait while an append of the same rule is not folded yet', async () => {
    const bed = new TestBed();
    bed.writer.respond = () => new Promise(() => undefined);
    bed.log.put(MIND, say('a?'), say('b?'));
    const cache = bed.cache();
    await cache.onBatch(bed.log.batch(MIND, 1, 1));
    await cache.onBatch(bed.log.batch(MIND, 2, 2));
    expect(bed.writer.writes).toHaveLength(1);
    const id = bed.writer.writes[0]?.events[0]?.id;
    bed.log.put(MIND, { kind: 'x.answer', id }, say('c?'));
    await cache.onBatch(bed.log.batch(MIND, 3, 4));
    expect(bed.writer.writes).toHaveLength(2);
  });

  it('wait until the position is folded that answered a duplicate or an id_conflict', async () => {
    const bed = new TestBed();
    bed.writer.respond = () => ({ done: true, until: 3 });
    bed.log.put(MIND, say('a?'), say('b?'), say('c'), say('d?'));
    const cache = bed.cache();
    for (const position of [1, 2, 3, 4]) {
      await cache.onBatch(bed.log.batch(MIND, position, position));
      await settled();
    }
    expect(bed.writer.writes.map(({ events }) => events[0]?.content.split('/')[0])).toEqual(['1', '4']);
  });

  it('wait no longer when a repair has folded what was written', async () => {
    const bed = new TestBed();
    bed.writer.respond = () => ({ done: true, until: 3 });
    bed.log.put(MIND, say('a?'), say('b'), say('c'), say('d?'));
    const cache = bed.cache({ snapshotEvery: 3 });
    await cache.onBatch(bed.log.batch(MIND, 1, 1));
    await settled();
    await cache.catchUp(MIND, { ...bed.log.head(MIND), position: 3 });
    expect(bed.snapshots.puts).toMatchObject([{ watermark: 3 }]);
    await cache.onBatch(bed.log.batch(MIND, 4, 4));
    expect(bed.writer.writes).toHaveLength(2);
  });

  it('are taken again when nothing was written', async () => {
    const bed = new TestBed();
    bed.writer.respond = () => ({ done: false });
    bed.log.put(MIND, say('a?'), say('b?'));
    const cache = bed.cache();
    await cache.onBatch(bed.log.batch(MIND, 1, 1));
    await settled();
    await cache.onBatch(bed.log.batch(MIND, 2, 2));
    expect(bed.writer.writes).toHaveLength(2);
  });

  it('are taken again when writing failed, which is logged', async () => {
    const bed = new TestBed();
    bed.writer.respond = () => {
      throw new TypeError('no such thing');
    };
    bed.log.put(MIND, say('a?'), say('b?'));
    const cache = bed.cache();
    await cache.onBatch(bed.log.batch(MIND, 1, 1));
    await settled();
    await cache.onBatch(bed.log.batch(MIND, 2, 2));
    expect(bed.writer.writes).toHaveLength(2);
    expect(bed.logged).toContain('mind ada: answer failed');
  });

  it('still wait after the mind was thrown out and loaded again', async () => {
    const bed = new TestBed();
    bed.writer.respond = () => ({ done: true, until: 3 });
    bed.log.put(MIND, say('a?'), say('b?'));
    const cache = bed.cache();
    await cache.onBatch(bed.log.batch(MIND, 1, 1));
    await settled();
    cache.forget(() => true);
    await cache.onBatch(bed.log.batch(MIND, 2, 2));
    expect(bed.writer.writes).toHaveLength(1);
  });

  it('are not taken again when a batch is repeated after the mind was thrown out', async () => {
    const bed = new TestBed();
    bed.log.put(MIND, say('a?'), say('b?'));
    const cache = bed.cache();
    await cache.onBatch(bed.log.batch(MIND, 1, 1));
    await settled();
    cache.forget(() => true);
    await cache.onBatch(bed.log.batch(MIND, 1, 1));
    expect([...cache.residents()]).toEqual([]);
    await cache.onBatch(bed.log.batch(MIND, 1, 2));
    expect(bed.writer.writes.map(({ events }) => events[0]?.content.split('/')[0])).toEqual(['1', '2']);
  });

  it('are taken again after a rebuild, on which nothing remembered counts', async () => {
    const bed = new TestBed();
    bed.log.put(MIND, say('a?'), say('b?'));
    const cache = bed.cache();
    await cache.onBatch(bed.log.batch(MIND, 1, 1));
    await settled();
    await cache.onBatch({ ...bed.log.batch(MIND, 1, 1), headHash: 'f'.repeat(64) });
    await cache.onBatch(bed.log.batch(MIND, 1, 1));
    expect(bed.writer.writes.map(({ events }) => events[0]?.id)).toEqual(
      [bed.writer.writes[0], bed.writer.writes[0]].map((write) => write?.events[0]?.id),
    );
  });

  it('of several causes at one event all hold up the rule until they are folded', async () => {
    const bed = new TestBed();
    const answers = new Map<string, (until: number) => void>();
    bed.writer.respond = ({ events }) =>
      new Promise((resolve) => {
        answers.set(events[0]?.content ?? '', (until) => resolve({ done: true, until }));
      });
    const twice = {
      name: 'twice',
      kinds: ['x.say'],
      decide: () =>
        ['one', 'two'].map((cause) => ({ cause, drafts: [{ kind: 'x.note', content: cause, meta: {} }] })),
    };
    bed.log.put(MIND, say('a'), say('b'), say('c'));
    const cache = bed.cache({}, { rules: [twice] });
    await cache.onBatch(bed.log.batch(MIND, 1, 1));
    await settled();
    answers.get('one')?.(2);
    await settled();
    await cache.onBatch(bed.log.batch(MIND, 2, 3));
    expect(bed.writer.writes).toHaveLength(2);
  });

  it('of one rule that throws are an alarm, and the fold and the other rules go on', async () => {
    const bed = new TestBed();
    const broken = {
      name: 'broken',
      kinds: ['x.say'],
      decide: (): never => {
        throw new Error('oh');
      },
    };
    const other = {
      ...broken,
      name: 'other',
      decide: () => [{ cause: 'x', drafts: [{ kind: 'x.n', content: '', meta: {} }] }],
    };
    bed.log.put(MIND, say('a'), say('b'));
    const cache = bed.cache({}, { rules: [broken, other] });
    await cache.onBatch(bed.log.batch(MIND, 1, 2));
    expect(bed.alarms).toMatchObject([{ code: 'rule_failed' }, { code: 'rule_failed' }]);
    expect(bed.writer.writes).toMatchObject([{ rule: 'other' }]);
    expect([...cache.residents()]).toMatchObject([{ watermark: 2 }]);
  });

  it('are still taken, in order, after a repair of the gap before the batch', async () => {
    const { bed, cache } = await foldedTo(5);
    bed.log.put(MIND, say('k?'));
    await cache.onBatch(bed.log.batch(MIND, 8, 11));
    expect(bed.writer.writes.map(({ events }) => events[0]?.content.split('/')[0])).toEqual(['11']);
  });
});

describe('a fold that throws', () => {
  const poisoned = async () => {
    const bed = new TestBed();
    bed.log.put(MIND, say('a'), say(POISON), say('c?'));
    bed.log.put('bob', say('hello?'));
    const cache = bed.cache();
    await cache.onBatch(bed.log.batch(MIND, 1, 3));
    return { bed, cache };
  };

  it('stops that mind, names the position, and raises an alarm', async () => {
    const { bed, cache } = await poisoned();
    await expect(cache.read(MIND, { deadlineAt: soon() }, length)).rejects.toMatchObject({
      code: 'unavailable',
      message: 'the fold of ada failed at position 2',
    });
    await expect(cache.read(MIND, { minPosition: 3, deadlineAt: soon(100) }, length)).rejects.toMatchObject({
      code: 'unavailable',
    });
    await expect(cache.command(MIND, soon(), () => ({ value: 1 }))).rejects.toMatchObject({
      code: 'unavailable',
    });
    expect(bed.alarms).toMatchObject([{ code: 'fold_failed', details: { mind: MIND, position: 2 } }]);
  });

  it('never skips the event, whatever comes later', async () => {
    const { bed, cache } = await poisoned();
    bed.log.put(MIND, say('d?'));
    await cache.onBatch(bed.log.batch(MIND, 4, 4));
    await cache.catchUp(MIND, bed.log.head(MIND));
    expect([...cache.residents()]).toMatchObject([{ watermark: 1 }]);
    expect(bed.writer.writes).toEqual([]);
  });

  it('is one alarm, also when a repair brings the event once more', async () => {
    const { bed, cache, seen } = await foldedTo(5);
    bed.log.put(MIND, say(POISON));
    const reading = gate();
    bed.log.beforeRead = () => reading.opened;
    const repaired = cache.catchUp(MIND, bed.log.head(MIND));
    await settled();
    bed.log.beforeRead = () => undefined;
    bed.log.reads.length = 0;
    await cache.onBatch(bed.log.batch(MIND, 6, 11));
    reading.open();
    await repaired;
    expect(bed.alarms).toHaveLength(1);
    await expect(seen()).rejects.toMatchObject({ code: 'unavailable' });
  });

  it('leaves the other minds alone', async () => {
    const { bed, cache } = await poisoned();
    await cache.onBatch(bed.log.batch('bob', 1, 1));
    expect(await cache.read('bob', { deadlineAt: soon() }, length)).toMatchObject({ watermark: 1 });
  });

  it('is unavailable for older states from that position on as well', async () => {
    const { bed } = await poisoned();
    const cache = bed.cache();
    await expect(cache.read(MIND, { at: 2, deadlineAt: soon() }, length)).rejects.toMatchObject({
      code: 'unavailable',
    });
  });

  it('stores no snapshot of what is broken', async () => {
    const { bed, cache } = await poisoned();
    bed.log.put(MIND, ...Array.from({ length: 200 }, () => say('x')));
    await cache.close();
    expect(bed.snapshots.puts).toEqual([]);
  });
});
