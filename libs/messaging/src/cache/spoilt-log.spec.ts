import type { Batch } from '#libs/contracts';
import { AppError } from '#libs/kernel';
import { soon, TestBed } from '../testing/test-cache';
import type { TestState } from '../testing/test-fold';

const MIND = 'ada';
const say = (content: string) => ({ kind: 'x.say', content });
const length = (state: TestState) => ({ length: state.trail.length });

/** A cache at five events, and a log to which somebody then adds more, the next one changed by `spoil`. */
async function spoilt(spoil: object) {
  const bed = new TestBed();
  bed.log.put(MIND, ...[...'abcde'].map(say));
  const cache = bed.cache();
  const read = (more: { at?: number; minPosition?: number } = {}, from = cache) =>
    from.read(MIND, { ...more, deadlineAt: soon() }, length);
  await read();
  const [sixth] = bed.log.put(MIND, say('f'), say('g'));
  Object.assign(sixth as object, spoil);
  return { bed, cache, read };
}

/** The log's pages end before position 6, as if what is there could not be read. */
function unreadable(bed: TestBed): void {
  const read = bed.log.read.bind(bed.log);
  bed.log.read = (request) => {
    const { after = 0, limit = 1_000 } = request;
    if (after < 5 || limit === 0) return read({ ...request, limit: Math.min(limit, Math.max(0, 5 - after)) });
    return Promise.reject(new AppError('unavailable', 'no page', { retryable: false }));
  };
}

const failed = (at: number) => [{ code: 'fold_failed', details: { mind: MIND, position: at } }];

describe('what somebody stored past event-log', () => {
  it('is an alarm at once when it leaves a gap before a batch, or claims another place', async () => {
    for (const wrong of [{ position: 7 }, { position: 2 }, { position: undefined }, { mind: 'bob' }]) {
      const { bed, cache } = await spoilt(wrong);
      const batch: Batch = { ...bed.log.batch(MIND, 7, 7), from: 7, to: 7 };
      await cache.onBatch(batch);
      expect(bed.alarms).toMatchObject([{ code: 'cache_mismatch', details: { mind: MIND, watermark: 5 } }]);
    }
  });

  it('is an alarm when heads are compared', async () => {
    const { bed, cache } = await spoilt({ position: 8 });
    await cache.catchUp(MIND, { position: 8, hash: 'f'.repeat(64) });
    expect(bed.alarms).toMatchObject([{ code: 'cache_mismatch' }]);
  });

  it('does not hide who the mind was before', async () => {
    const { bed, read } = await spoilt({ position: 8 });
    const fresh = bed.cache();
    await expect(read({}, fresh)).rejects.toMatchObject({ code: 'unavailable' });
    expect(await read({ at: 5 }, fresh)).toMatchObject({ watermark: 5, digest: bed.wholeDigest(MIND, 5) });
    await expect(read({ at: 6 }, fresh)).rejects.toMatchObject({ code: 'unavailable' });
  });

  it('stops the mind with an alarm where it cannot be read, whether it is loaded or repaired', async () => {
    const { bed, cache, read } = await spoilt({});
    unreadable(bed);
    await cache.catchUp(MIND, bed.log.head(MIND));
    expect(bed.alarms).toMatchObject(failed(6));
    for (const one of [cache, bed.cache()]) {
      await expect(read({}, one)).rejects.toMatchObject({
        code: 'unavailable',
        message: 'the fold of ada failed at position 6',
      });
      expect(await read({ at: 5 }, one)).toMatchObject({ watermark: 5, digest: bed.wholeDigest(MIND, 5) });
    }
    expect(bed.alarms).toMatchObject([...failed(6), ...failed(6)]);
  });

  it('is no fault of the mind while the log cannot be read for another reason', async () => {
    const { bed, cache, read } = await spoilt({});
    bed.log.beforeRead = () => {
      throw new AppError('unavailable', 'down');
    };
    await expect(cache.catchUp(MIND, bed.log.head(MIND))).rejects.toThrow('down');
    bed.log.beforeRead = () => undefined;
    await cache.catchUp(MIND, bed.log.head(MIND));
    expect(await read()).toMatchObject({ watermark: 7, digest: bed.wholeDigest(MIND) });
    expect(bed.alarms).toEqual([]);
  });
});
