import type { Span } from '#libs/contracts';
import type { Announcer } from './announcer';
import type { ImportSessions } from './import-sessions';
import { MindCache } from './mind-cache';
import type { MindHead, MindState, MindStore } from './mind-store.port';
import { ShardKeeper } from './shard-keeper';
import { TailCache } from './tail-cache';

const SHARD = 0;
const YESTERDAY_MS = Date.now() - 86_400_000;

/** A mind whose last event is old. */
const stateAt = (position: number): MindState => ({
  record: {
    ...{ id: 'quiet', createdAt: '2026-01-01T00:00:00.000Z', tickIntervalMs: null, provider: null },
    ...{ model: null, archivedAt: null, importedTo: 0 },
  },
  head: { position, hash: String(position).padStart(64, '0'), atMs: YESTERDAY_MS },
});

describe('a shard that is held', () => {
  let stored: MindState;
  let others: MindState[];
  let reads: number;
  let owned: boolean;
  let importsEnd: Promise<void>;
  let failing: boolean;
  let announced: Span[];
  let expected: Span[];
  let asked: MindHead[];
  let keeper: ShardKeeper;
  let minds: MindCache;

  beforeEach(() => {
    jest.useFakeTimers();
    others = [];
    importsEnd = Promise.resolve();
    [stored, reads, owned, failing, announced, expected] = [stateAt(5), 0, true, false, [], []];
    const page = () => {
      reads++;
      return failing ? Promise.reject(new Error('away')) : Promise.resolve([stored, ...others]);
    };
    asked = [];
    const newestSpans = (heads: readonly MindHead[]) => {
      if (failing) return Promise.reject(new Error('away'));
      asked.push(...heads);
      return Promise.resolve(heads.map(({ mind, position }) => ({ mind, from: position - 1, to: position })));
    };
    minds = new MindCache({ page, newestSpans } as unknown as MindStore, 1, 2);
    minds.onNews((span) => announced.push(span));
    keeper = new ShardKeeper({
      minds,
      tails: new TailCache(1_000),
      announcer: {
        announce: (spans: readonly Span[]) => void announced.push(...spans),
        expect: (span: Span) => void expected.push(span),
        release: () => undefined,
      } as unknown as Announcer,
      imports: { release: () => importsEnd } as unknown as ImportSessions,
      clock: {
        now: () => Date.now(),
        monotonicMs: () => performance.now(),
        sleep: (ms: number) => new Promise((resolve) => setTimeout(resolve, ms)),
      },
      owns: () => owned,
      onLoadFailed: () => undefined,
    });
  });
  afterEach(() => {
    keeper.stop();
    jest.useRealTimers();
  });

  async function take(): Promise<void> {
    await Promise.all([keeper.take(SHARD), jest.advanceTimersByTimeAsync(10_500)]);
  }

  it('is looked at again at once when this member comes back, and what others wrote to new minds meanwhile is told', async () => {
    await take();
    const before = reads;
    others = [{ ...stateAt(3), record: { ...stateAt(3).record, id: 'bob' } }];
    announced = [];
    keeper.returned();
    await jest.advanceTimersByTimeAsync(100);
    expect(reads).toBe(before + 1);
    expect(announced).toEqual([{ mind: 'bob', from: 1, to: 3 }]);
  });

  it('is given up even while an import in it waits for the database', async () => {
    importsEnd = new Promise(() => undefined);
    let given = false;
    void keeper.release(SHARD).then(() => (given = true));
    await jest.advanceTimersByTimeAsync(2_900);
    expect(given).toBe(false);
    await jest.advanceTimersByTimeAsync(200);
    expect(given).toBe(true);
  });

  it('is looked at ever again: what somebody else stored, however old it says it is, is announced once', async () => {
    await take();
    expect(announced).toEqual([]);
    stored = stateAt(7);
    await jest.advanceTimersByTimeAsync(31_000);
    expect(announced).toEqual([{ mind: 'quiet', from: 6, to: 7 }]);
    expect(minds.peek('quiet')?.head.position).toBe(7);
    await jest.advanceTimersByTimeAsync(120_000);
    expect(announced).toHaveLength(1);
  });

  it('is looked at again when the database was away', async () => {
    await take();
    [stored, failing] = [stateAt(6), true];
    await jest.advanceTimersByTimeAsync(35_000);
    failing = false;
    await jest.advanceTimersByTimeAsync(2_000);
    expect(announced).toEqual([{ mind: 'quiet', from: 6, to: 6 }]);
  });

  it('has its batches seen to when another member, who may give it up, announces something new', async () => {
    await take();
    const spans = [5, 6].map((position) => ({ mind: 'quiet', from: position, to: position }));
    keeper.seenAppended({ spans });
    expect(expected).toEqual([spans[1]]);
    expect(minds.peek('quiet')).toBeUndefined();
  });

  const fresh = (mind: string): MindState => {
    const { record, head } = stateAt(9);
    return { record: { ...record, id: mind }, head: { ...head, atMs: Date.now() - 60_000 } };
  };

  it('has what was written lately announced when it is taken, also of minds that there is no room for', async () => {
    others = ['a', 'b', 'c'].map(fresh);
    await take();
    expect(minds.peek('a')).toBeUndefined();
    expect(asked.map(({ mind, position }) => [mind, position])).toEqual([...'abc'].map((mind) => [mind, 9]));
    expect(announced).toEqual([...'abc'].map((mind) => ({ mind, from: 8, to: 9 })));
  });

  it('has it announced when the database answers again, however long that takes', async () => {
    others = [fresh('a')];
    failing = true;
    await take();
    await jest.advanceTimersByTimeAsync(15 * 60_000);
    expect(announced).toEqual([]);
    failing = false;
    await jest.advanceTimersByTimeAsync(2_000);
    expect(announced).toEqual([{ mind: 'a', from: 8, to: 9 }]);
  });

  it('has nothing announced that was given up before the database answered', async () => {
    others = [fresh('a')];
    failing = true;
    await take();
    [owned, failing] = [false, false];
    await keeper.release(SHARD);
    await jest.advanceTimersByTimeAsync(5_000);
    expect(announced).toEqual([]);
  });

  it('is not looked at any more once it is given up', async () => {
    await take();
    const before = reads;
    owned = false;
    await keeper.release(SHARD);
    await jest.advanceTimersByTimeAsync(120_000);
    expect(reads).toBe(before);
  });
});
