import type { HeadsReply, HeadsRequest } from '#libs/contracts';
import { AppError, systemClock } from '#libs/kernel';
import { HeadsWatch, type HeadsWatchParts, type Watched } from './heads-watch';

const SHARDS = 4;
/** Minds by their shard of four. */
const MINDS = { bob: 0, eve: 1, gus: 2, tom: 3 } as const;

beforeEach(() => jest.useFakeTimers());
afterEach(() => jest.useRealTimers());

type ShardListener = (shard: number) => Promise<void> | void;

function watching(minds: string[], owned: number[], heads?: (request: HeadsRequest) => Promise<HeadsReply>) {
  const asked: HeadsRequest[] = [];
  const caughtUp: string[] = [];
  const logged: string[] = [];
  const listeners: {
    prepare?: Parameters<HeadsWatchParts['ownership']['onPrepare']>[0];
    take?: ShardListener;
    release?: ShardListener;
    back?: () => void;
    returned?: () => void;
  } = {};
  const forgotten: string[] = [];
  const released: string[] = [];
  const prepared: string[] = [];
  const cache: Watched = {
    residents: () => minds.map((mind) => ({ mind, watermark: 1, headHash: 'f' })),
    catchUp: (mind) => {
      caughtUp.push(mind);
      return mind === 'eve' ? Promise.reject(new AppError('timeout', 'slow')) : Promise.resolve();
    },
    release: (isOurs) => Promise.resolve(void released.push(...minds.filter((mind) => !isOurs(mind)))),
    prepare: (isFirst) => Promise.resolve(void prepared.push(...minds.filter(isFirst))),
    forget: (isStale) => void forgotten.push(...minds.filter(isStale)),
  };
  const answer = (request: HeadsRequest) =>
    Promise.resolve({ heads: (request.minds ?? []).map((mind) => ({ mind, position: 2, hash: 'e' })) });
  const parts: HeadsWatchParts = {
    log: {
      shards: SHARDS,
      heads: (request) => {
        asked.push(request);
        return (heads ?? answer)(request);
      },
    },
    ownership: {
      owns: (shard) => owned.includes(shard),
      onPrepare: (listener) => (listeners.prepare = listener),
      onTake: (listener) => (listeners.take = listener),
      onRelease: (listener) => (listeners.release = listener),
      onReturn: (listener) => (listeners.returned = listener),
    },
    link: { onReconnect: (listener) => (listeners.back = listener) },
    clock: systemClock,
    logger: { info: () => undefined, warn: (text) => logged.push(text), error: (text) => logged.push(text) },
  };
  return {
    watch: new HeadsWatch(cache, parts),
    asked,
    caughtUp,
    logged,
    listeners,
    prepared,
    forgotten,
    released,
    owned,
  };
}

const all = Object.keys(MINDS);

describe('the watch over heads', () => {
  it('asks one page a shard, only for shards of its own, and catches up after a moment for the feed', async () => {
    const { watch, asked, caughtUp } = watching(all, [0, 2, 3]);
    const compared = watch.compare();
    await jest.advanceTimersByTimeAsync(499);
    expect(asked.map(({ shard, minds }) => [shard, minds])).toEqual([
      [0, ['bob']],
      [2, ['gus']],
      [3, ['tom']],
    ]);
    expect(caughtUp).toEqual([]);
    await jest.advanceTimersByTimeAsync(1);
    await compared;
    expect(caughtUp.sort()).toEqual(['gus', 'bob', 'tom'].sort());
  });

  it('splits pages at 1,000 minds', async () => {
    const many = Array.from({ length: 2_500 }, (_, n) => `m${n}`);
    const { watch, asked, caughtUp } = watching(many, [0, 1, 2, 3]);
    const compared = watch.compare();
    await jest.advanceTimersByTimeAsync(500);
    await compared;
    expect(asked.every(({ minds = [] }) => minds.length <= 1_000)).toBe(true);
    expect(caughtUp.sort()).toEqual(many.sort());
  });

  it('goes on with the others when a shard or a mind cannot be compared', async () => {
    const { watch, caughtUp, logged } = watching(all, [0, 1, 2, 3], ({ shard, minds = [] }) =>
      shard === 2
        ? Promise.reject(new AppError('unavailable', 'down'))
        : Promise.resolve({ heads: minds.map((mind) => ({ mind, position: 2, hash: 'e' })) }),
    );
    const compared = watch.compare();
    await jest.advanceTimersByTimeAsync(500);
    await compared;
    expect(caughtUp.sort()).toEqual(['bob', 'eve', 'tom']);
    expect(logged).toHaveLength(2);
  });

  it('compares every 30 s, on a reconnect and on coming back, until it is stopped', async () => {
    const { watch, asked, listeners } = watching(['gus'], [2]);
    watch.start();
    await jest.advanceTimersByTimeAsync(60_600);
    expect(asked).toHaveLength(2);
    listeners.back?.();
    await jest.advanceTimersByTimeAsync(600);
    expect(asked).toHaveLength(3);
    listeners.returned?.();
    await jest.advanceTimersByTimeAsync(600);
    expect(asked).toHaveLength(4);
    watch.stop();
    await jest.advanceTimersByTimeAsync(100_000);
    expect(asked).toHaveLength(4);
  });

  it('compares once more when it is asked for while it compares', async () => {
    const { watch, asked } = watching(['gus'], [2]);
    const compared = watch.compare();
    void watch.compare();
    void watch.compare();
    await jest.advanceTimersByTimeAsync(2_000);
    await compared;
    expect(asked).toHaveLength(2);
  });

  it('lets the cache prepare the minds of the shards that will be taken before others', async () => {
    const { watch, listeners, prepared } = watching(all, []);
    watch.start();
    await listeners.prepare?.(new Set([1, 3]), () => true);
    expect(prepared.sort()).toEqual(['eve', 'tom']);
    watch.stop();
  });

  it('forgets what it still holds of a shard just taken, and releases that of one given up', async () => {
    const { watch, listeners, forgotten, released, owned } = watching(all, [0, 1, 2, 3]);
    watch.start();
    await listeners.take?.(2);
    expect(forgotten).toEqual(['gus']);
    owned.splice(owned.indexOf(3), 1);
    await listeners.release?.(3);
    expect(released).toEqual(['tom']);
    watch.stop();
  });
});
