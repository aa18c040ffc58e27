import { AppError } from '#libs/kernel';
import { gate, settled, TestBed } from '../testing/test-cache';
import type { TestState } from '../testing/test-fold';

const MIND = 'ada';
const say = (content: string) => ({ kind: 'x.say', content });
const length = (state: TestState) => ({ length: state.trail.length });
const soon = (ms: number) => Date.now() + ms;

beforeEach(() => jest.useFakeTimers({ doNotFake: ['setImmediate', 'nextTick', 'queueMicrotask'] }));
afterEach(() => jest.useRealTimers());

/** A cache at `to` of five events. */
async function at(to: number) {
  const bed = new TestBed();
  const events = [...'abcde'].map(say);
  bed.log.put(MIND, ...events.slice(0, to));
  const cache = bed.cache();
  await cache.read(MIND, { deadlineAt: soon(1_000) }, length);
  bed.log.put(MIND, ...events.slice(to));
  bed.log.reads.length = 0;
  return { bed, cache };
}

/** Runs the fake clock on until the work has ended. */
async function played<T>(
  work: Promise<T>,
  stepMs = 10,
  limitMs = 20_000,
): Promise<{ result: PromiseSettledResult<T>; ms: number }> {
  const began = Date.now();
  let result: PromiseSettledResult<T> | undefined;
  void Promise.allSettled([work]).then(([settledWork]) => (result = settledWork));
  while (Date.now() - began < limitMs) {
    await settled(4);
    if (result) return { result, ms: Date.now() - began };
    await jest.advanceTimersByTimeAsync(stepMs);
  }
  throw new Error('it did not end');
}

describe('reading', () => {
  it('gives a view with watermark and digest', async () => {
    const { bed, cache } = await at(5);
    await expect(cache.read(MIND, { deadlineAt: soon(100) }, length)).resolves.toEqual({
      length: 5,
      watermark: 5,
      digest: bed.wholeDigest(MIND),
    });
  });

  it('gives a new digest after an event of one section', async () => {
    const { bed, cache } = await at(5);
    const before = await cache.read(MIND, { deadlineAt: soon(100) }, length);
    bed.log.put(MIND, { kind: 'x.duty', content: 'one' });
    await cache.onBatch(bed.log.batch(MIND, 6, 6));
    const after = await cache.read(MIND, { deadlineAt: soon(100) }, length);
    expect(after.digest).not.toBe(before.digest);
    expect(after.digest).toBe(bed.wholeDigest(MIND));
  });

  it('says unknown_mind for a mind that the log does not know', async () => {
    const { cache } = await at(1);
    await expect(cache.read('nobody', { deadlineAt: soon(100) }, length)).rejects.toMatchObject({
      code: 'unknown_mind',
    });
  });

  it('answers at once from a load whose feed is ahead of nothing', async () => {
    const bed = new TestBed();
    bed.log.put(MIND, say('a'));
    const { result, ms } = await played(bed.cache().read(MIND, { deadlineAt: soon(2_000) }, length));
    expect(result).toMatchObject({ value: { watermark: 1 } });
    expect(ms).toBe(0);
  });

  it('waits for a position and goes on as soon as a batch brings it', async () => {
    const { bed, cache } = await at(3);
    const read = played(cache.read(MIND, { minPosition: 5, deadlineAt: soon(2_000) }, length));
    await jest.advanceTimersByTimeAsync(50);
    await cache.onBatch(bed.log.batch(MIND, 4, 5));
    const { result, ms } = await read;
    expect(result).toMatchObject({ value: { watermark: 5 } });
    expect(ms).toBeLessThan(200);
    expect(bed.log.reads).toEqual([]);
  });

  it('repairs by itself after 250 ms', async () => {
    const { bed, cache } = await at(3);
    const { result, ms } = await played(
      cache.read(MIND, { minPosition: 5, deadlineAt: soon(2_000) }, length),
    );
    expect(result).toMatchObject({ value: { watermark: 5, digest: bed.wholeDigest(MIND) } });
    expect(ms).toBeGreaterThanOrEqual(250);
    expect(ms).toBeLessThan(300);
    expect(bed.log.reads.map(({ purpose }) => purpose)).toEqual(['repair', 'repair']);
  });

  it('is an invalid_request beyond the head, also for `at`', async () => {
    const { cache } = await at(5);
    for (const options of [{ minPosition: 6 }, { at: 6 }]) {
      const { result } = await played(cache.read(MIND, { ...options, deadlineAt: soon(2_000) }, length));
      expect(result).toMatchObject({ reason: { code: 'invalid_request' } });
    }
  });

  it('asks event-log beyond that position, for one that took the shard just now may have to look again', async () => {
    const { bed, cache } = await at(5);
    await played(cache.read(MIND, { minPosition: 6, deadlineAt: soon(2_000) }, length));
    expect(bed.log.reads.at(-1)).toMatchObject({ after: 6, limit: 0 });
  });

  it('times out at its deadline when the position cannot be read', async () => {
    const { bed, cache } = await at(3);
    bed.log.beforeRead = () => new Promise(() => undefined);
    const { result, ms } = await played(
      cache.read(MIND, { minPosition: 5, deadlineAt: soon(2_000) }, length),
    );
    expect(result).toMatchObject({ reason: { code: 'timeout' } });
    expect(ms).toBeGreaterThanOrEqual(2_000);
    expect(ms).toBeLessThan(2_100);
  });

  it('times out at a deadline before it would repair', async () => {
    const { bed, cache } = await at(3);
    const { result, ms } = await played(cache.read(MIND, { minPosition: 5, deadlineAt: soon(100) }, length));
    expect(result).toMatchObject({ reason: { code: 'timeout' } });
    expect(ms).toBeLessThan(200);
    expect(bed.log.reads).toEqual([]);
  });

  it('times out while a load goes on, which is there for the next reader', async () => {
    const bed = new TestBed();
    bed.log.put(MIND, say('a'));
    const cache = bed.cache();
    const reading = gate();
    bed.log.beforeRead = () => reading.opened;
    const { result } = await played(cache.read(MIND, { deadlineAt: soon(500) }, length));
    expect(result).toMatchObject({ reason: { code: 'timeout' } });
    const second = played(cache.read(MIND, { deadlineAt: soon(5_000) }, length));
    await settled();
    reading.open();
    expect((await second).result).toMatchObject({ value: { watermark: 1 } });
    expect(bed.log.reads).toHaveLength(1);
  });

  it('goes on after its mind was thrown out while it waited', async () => {
    const { bed, cache } = await at(3);
    const read = played(cache.read(MIND, { minPosition: 5, deadlineAt: soon(2_000) }, length));
    await settled();
    cache.forget(() => true);
    const { result, ms } = await read;
    expect(result).toMatchObject({ value: { watermark: 5, digest: bed.wholeDigest(MIND) } });
    expect(ms).toBeLessThan(100);
  });

  it('hands a failing log on to the reader', async () => {
    const bed = new TestBed();
    bed.log.put(MIND, say('a'));
    bed.log.beforeRead = () => {
      throw new AppError('unavailable', 'no');
    };
    const cache = bed.cache();
    await expect(cache.read(MIND, { deadlineAt: soon(500) }, length)).rejects.toMatchObject({
      code: 'unavailable',
    });
    bed.log.beforeRead = () => undefined;
    await expect(cache.read(MIND, { deadlineAt: soon(500) }, length)).resolves.toMatchObject({
      watermark: 1,
    });
  });
});

describe('reading the past', () => {
  it.each([0, 1, 3, 5])('gives the state at position %d, and leaves the live one alone', async (position) => {
    const { bed, cache } = await at(5);
    const past = await cache.read(MIND, { at: position, deadlineAt: soon(500) }, length);
    expect(past).toEqual({ length: position, watermark: position, digest: bed.wholeDigest(MIND, position) });
    expect([...cache.residents()]).toMatchObject([{ watermark: 5 }]);
  });

  it('begins at a snapshot that is old enough', async () => {
    const { bed } = await at(5);
    const later = bed.log.events(MIND).splice(2);
    await bed.cache({ snapshotEvery: 2 }).read(MIND, { deadlineAt: soon(500) }, length);
    await settled();
    bed.log.events(MIND).push(...later);
    expect(bed.snapshots.stored.get(MIND)).toMatchObject({ watermark: 2 });
    const cache = bed.cache();
    bed.log.reads.length = 0;
    expect(await cache.read(MIND, { at: 4, deadlineAt: soon(500) }, length)).toMatchObject({
      watermark: 4,
      digest: bed.wholeDigest(MIND, 4),
    });
    expect(bed.log.reads.at(-1)).toMatchObject({ after: 1, limit: 3, purpose: 'query' });
    bed.log.reads.length = 0;
    expect(await cache.read(MIND, { at: 1, deadlineAt: soon(500) }, length)).toMatchObject({
      watermark: 1,
      digest: bed.wholeDigest(MIND, 1),
    });
    expect(bed.log.reads).toMatchObject([{ after: 0, limit: 1 }]);
  });

  it('is unavailable when the log does not give all of it', async () => {
    const { bed, cache } = await at(5);
    const events = bed.log.events(MIND);
    events.splice(3);
    await expect(cache.read(MIND, { at: 4, deadlineAt: soon(500) }, length)).rejects.toMatchObject({
      code: 'unavailable',
    });
  });
});

describe('residents', () => {
  const withMinds = (count: number) => {
    const bed = new TestBed();
    const minds = Array.from({ length: count }, (_, n) => `mind-${n}`);
    for (const mind of minds) bed.log.put(mind, say(mind));
    return { bed, minds };
  };

  it('are bounded, the least recently used leaves first', async () => {
    const { bed, minds } = withMinds(4);
    const cache = bed.cache({ residentMinds: 3 });
    for (const mind of minds.slice(0, 3)) await cache.read(mind, { deadlineAt: soon(500) }, length);
    await cache.read('mind-0', { deadlineAt: soon(500) }, length);
    await cache.read('mind-3', { deadlineAt: soon(500) }, length);
    expect([...cache.residents()].map(({ mind }) => mind).sort()).toEqual(['mind-0', 'mind-2', 'mind-3']);
  });

  it('are loaded at most 16 at once, and each once for all who wait', async () => {
    const { bed, minds } = withMinds(40);
    let running = 0;
    let most = 0;
    bed.log.beforeRead = async () => {
      most = Math.max(most, (running += 1));
      await settled(3);
      running -= 1;
    };
    const cache = bed.cache();
    const reads = [...minds, ...minds].map((mind) => cache.read(mind, { deadlineAt: soon(60_000) }, length));
    expect(await Promise.all(reads)).toHaveLength(80);
    expect(most).toBe(16);
    expect(bed.log.reads).toHaveLength(40);
  });

  it('never take more than 16 loads, whoever comes just when one ends', async () => {
    const { bed, minds } = withMinds(60);
    let running = 0;
    let most = 0;
    const cache = bed.cache();
    const late: Promise<unknown>[] = [];
    bed.log.beforeRead = async () => {
      most = Math.max(most, (running += 1));
      await settled(1);
      running -= 1;
      const next = minds[20 + late.length];
      if (next) queueMicrotask(() => late.push(cache.read(next, { deadlineAt: soon(60_000) }, length)));
    };
    await Promise.all(
      minds.slice(0, 20).map((mind) => cache.read(mind, { deadlineAt: soon(60_000) }, length)),
    );
    await settled(30);
    await Promise.all(late);
    expect(most).toBe(16);
  });
});

describe('a command', () => {
  const note = (content: string) => ({
    id: `00000000-0000-4000-8000-00000000000${content}`,
    kind: 'x.say',
    content,
    meta: {},
  });

  it('appends with expectedPosition = watermark and answers with the positions', async () => {
    const { bed, cache } = await at(5);
    const position = await cache.command(MIND, soon(500), (state, { watermark }) => ({
      events: [note(String(state.trail.length))],
      answer: (reply) => [watermark, reply.to],
    }));
    expect(position).toEqual([5, 6]);
    expect(bed.log.appends).toMatchObject([{ expectedPosition: 5 }]);
  });

  it('answers without an append when there is nothing to write', async () => {
    const { bed, cache } = await at(5);
    expect(await cache.command(MIND, soon(500), ({ trail }) => ({ value: trail.length }))).toBe(5);
    expect(bed.log.appends).toEqual([]);
  });

  it('refuses nothing on a state that is behind the log: what was acknowledged a moment ago may be what it lacks', async () => {
    const { cache } = await at(3);
    const refuseEarly = ({ trail }: { trail: { length: number } }) => {
      if (trail.length < 5) throw new AppError('not_found', 'no such thing');
      return { value: trail.length };
    };
    const { result } = await played(cache.command(MIND, soon(2_000), refuseEarly));
    expect(result).toMatchObject({ value: 5 });
  });

  it('waits and decides again when the log has moved on', async () => {
    const { bed, cache } = await at(3);
    const seen: number[] = [];
    const { result } = await played(
      cache.command(MIND, soon(2_000), (_, { watermark }) => {
        seen.push(watermark);
        return { events: [note('1')], answer: ({ to }) => to };
      }),
    );
    expect(result).toMatchObject({ value: 6 });
    expect(seen).toEqual([3, 5]);
    expect(bed.log.events(MIND)).toHaveLength(6);
  });

  it('is busy after five times', async () => {
    const { bed, cache } = await at(5);
    let n = 0;
    bed.log.beforeAppend = () => void bed.log.put(MIND, say(String((n += 1))));
    let decisions = 0;
    const { result } = await played(
      cache.command(MIND, soon(10_000), () => {
        decisions += 1;
        return { events: [note('1')], answer: () => 0 };
      }),
    );
    expect(result).toMatchObject({ reason: { code: 'busy', retryable: true } });
    expect(decisions).toBe(5);
  });

  it('hands on what decide and the log throw', async () => {
    const { bed, cache } = await at(5);
    const refused = cache.command(MIND, soon(500), () => {
      throw new AppError('not_found', 'no such thing');
    });
    await expect(refused).rejects.toMatchObject({ code: 'not_found' });
    bed.log.beforeAppend = () => {
      throw new AppError('id_conflict', 'again');
    };
    const conflict = cache.command(MIND, soon(500), () => ({ events: [note('1')], answer: () => 0 }));
    await expect(conflict).rejects.toMatchObject({ code: 'id_conflict' });
  });
});
