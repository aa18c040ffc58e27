import { TestBus, TestMember } from './testing/test-bus';
import { gate } from './testing/test-cache';

const ALL = 64;

beforeEach(() => jest.useFakeTimers());
afterEach(() => jest.useRealTimers());

const pass = (ms: number) => jest.advanceTimersByTimeAsync(ms);

/** One that serves, and one that joins and prepares for as long as the test wants. */
async function joining(prepares?: () => Promise<void>) {
  const bus = new TestBus();
  const [old, young] = [new TestMember('a', bus), new TestMember('b', bus)];
  const asked: { shards: ReadonlySet<number>; isAwaited: () => boolean }[] = [];
  const done = gate();
  young.ownership.onPrepare((shards, isAwaited) => {
    asked.push({ shards, isAwaited });
    return prepares ? prepares() : done.opened;
  });
  void old.ownership.start();
  await pass(2_000);
  void young.ownership.start();
  await pass(500);
  const isAwaited = () => asked[0]?.isAwaited();
  return { old, young, asked, isAwaited, prepared: done.open };
}

describe('a member that prepares', () => {
  it('is told what it will own, and takes nothing before it is prepared, while the others serve all of it', async () => {
    const { old, young, asked, isAwaited, prepared } = await joining();
    await pass(20_000);
    expect(young.ownership.owned()).toEqual([]);
    expect(old.ownership.owned()).toHaveLength(ALL);
    expect(isAwaited()).toBe(true);
    prepared();
    await pass(100);
    expect(asked).toHaveLength(1);
    expect(young.ownership.owned()).toHaveLength(ALL / 2);
    expect(young.ownership.owned()).toEqual([...(asked[0]?.shards ?? [])].sort((a, b) => a - b));
    expect(isAwaited()).toBe(false);
    expect(old.ownership.owned()).toHaveLength(ALL / 2);
  });

  it('is not awaited any more when those who served are gone', async () => {
    const { old, young, isAwaited, prepared } = await joining();
    await old.ownership.leave();
    await pass(10);
    expect(isAwaited()).toBe(false);
    prepared();
    await pass(2_000);
    expect(young.ownership.owned()).toHaveLength(ALL);
  });

  it('is not awaited when nobody serves', async () => {
    const member = new TestMember('a', new TestBus());
    const awaited: boolean[] = [];
    member.ownership.onPrepare((_, isAwaited) => Promise.resolve(void awaited.push(isAwaited())));
    void member.ownership.start();
    await pass(400);
    expect(awaited).toEqual([false]);
    expect(member.ownership.owned()).toHaveLength(ALL);
  });

  it('that leaves meanwhile never takes a shard', async () => {
    const { old, young, isAwaited, prepared } = await joining();
    const left = young.ownership.leave();
    expect(isAwaited()).toBe(false);
    prepared();
    await pass(3_000);
    await left;
    expect(young.ownership.owned()).toEqual([]);
    expect(old.ownership.owned()).toHaveLength(ALL);
  });

  it('and fails serves all the same', async () => {
    const { young } = await joining(() => Promise.reject(new Error('a bug')));
    await pass(100);
    expect(young.ownership.owned()).toHaveLength(ALL / 2);
    expect(young.logged).toContain('preparing failed; shards are taken all the same');
  });

  it('prepares once: not again when it joins again after it was cut off', async () => {
    const { young, asked, prepared } = await joining();
    prepared();
    await pass(1_000);
    young.link.cut();
    await pass(6_000);
    expect(young.ownership.alive()).toBe(false);
    young.link.mend();
    await pass(3_000);
    expect(young.ownership.alive()).toBe(true);
    expect(asked).toHaveLength(1);
  });
});
