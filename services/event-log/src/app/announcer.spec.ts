import type { Span } from '#libs/contracts';
import { Announcer } from './announcer';

describe('the announcer', () => {
  let said: { shard: number; spans: readonly Span[]; again: boolean }[];
  let owned: Set<number>;
  let announcer: Announcer;

  beforeEach(() => {
    jest.useFakeTimers();
    said = [];
    owned = new Set([0, 1]);
    const port = {
      publish: (shard: number, spans: readonly Span[], again: boolean) =>
        void said.push({ shard, spans, again }),
      owns: (shard: number) => owned.has(shard),
      shardOf: (mind: string) => Number(mind.slice(1)) % 2,
    };
    announcer = new Announcer(port, { monotonicMs: () => performance.now() });
    announcer.start();
  });
  afterEach(() => {
    announcer.stop();
    jest.useRealTimers();
  });

  const again = () => said.filter((message) => message.again).length;

  it('sends one message a shard', () => {
    const spans = ['m0', 'm1', 'm2'].map((mind) => ({ mind, from: 1, to: 2 }));
    announcer.announce(spans);
    expect(said).toEqual([
      { shard: 0, spans: [spans[0], spans[2]], again: false },
      { shard: 1, spans: [spans[1]], again: false },
    ]);
  });

  it('announces again after 250 ms and then ever more slowly, until a batch shows all of it', () => {
    announcer.announce([{ mind: 'm0', from: 3, to: 5 }]);
    jest.advanceTimersByTime(200);
    expect(again()).toBe(0);
    jest.advanceTimersByTime(120);
    expect(said.at(-1)).toEqual({ shard: 0, spans: [{ mind: 'm0', from: 3, to: 5 }], again: true });
    jest.advanceTimersByTime(60_000);
    expect(again()).toBeGreaterThan(10);
    expect(again()).toBeLessThan(20);
    announcer.seen('m0', 3, 4);
    jest.advanceTimersByTime(6_000);
    expect(said.at(-1)?.spans).toEqual([{ mind: 'm0', from: 5, to: 5 }]);
    announcer.seen('m0', 5, 5);
    const count = said.length;
    jest.advanceTimersByTime(60_000);
    expect(said).toHaveLength(count);
    expect(announcer.pending).toBe(0);
  });

  it('is not put off by what comes after: a batch that was lost is asked for again while the mind is written to', () => {
    for (let n = 1; n <= 20; n++) {
      announcer.announce([{ mind: 'm0', from: n, to: n }]);
      if (n !== 5) announcer.seen('m0', n, n);
      jest.advanceTimersByTime(50);
    }
    const firstAgain = said.find((message) => message.again);
    expect(firstAgain?.spans[0]).toMatchObject({ from: 5 });
    expect(firstAgain?.spans[0]?.to).toBeLessThan(12);
  });

  it('waits anew once a batch brought it further', () => {
    announcer.announce([{ mind: 'm0', from: 1, to: 9 }]);
    for (let n = 1; n <= 8; n++) {
      jest.advanceTimersByTime(200);
      announcer.seen('m0', n, n);
    }
    expect(again()).toBe(0);
  });

  it('does not wake up while nothing waits', () => {
    expect(jest.getTimerCount()).toBe(0);
    announcer.announce([{ mind: 'm0', from: 3, to: 5 }]);
    expect(jest.getTimerCount()).toBe(1);
    announcer.seen('m0', 3, 5);
    jest.advanceTimersByTime(60);
    expect(jest.getTimerCount()).toBe(0);
    announcer.announce([{ mind: 'm1', from: 1, to: 1 }]);
    announcer.stop();
    expect(jest.getTimerCount()).toBe(0);
  });

  it('takes nothing for seen that lies before a batch', () => {
    announcer.announce([{ mind: 'm0', from: 3, to: 7 }]);
    announcer.seen('m0', 6, 7);
    jest.advanceTimersByTime(320);
    expect(said.at(-1)).toEqual({ shard: 0, spans: [{ mind: 'm0', from: 3, to: 5 }], again: true });
    announcer.seen('m0', 1, 2);
    announcer.seen('m0', 4, 4);
    expect(announcer.pending).toBe(1);
    announcer.seen('m0', 2, 9);
    expect(announcer.pending).toBe(0);
  });

  it('announces what another member has announced, when no batch shows it', () => {
    announcer.expect({ mind: 'm0', from: 3, to: 5 });
    expect(said).toEqual([]);
    jest.advanceTimersByTime(320);
    expect(said).toEqual([{ shard: 0, spans: [{ mind: 'm0', from: 3, to: 5 }], again: true }]);
  });

  it('joins what came since', () => {
    announcer.announce([{ mind: 'm0', from: 1, to: 1 }]);
    announcer.announce([{ mind: 'm0', from: 2, to: 4 }]);
    expect(said.at(-1)).toEqual({ shard: 0, spans: [{ mind: 'm0', from: 1, to: 4 }], again: false });
    jest.advanceTimersByTime(320);
    expect(said.at(-1)?.spans).toEqual([{ mind: 'm0', from: 1, to: 4 }]);
  });

  it('leaves a shard that was given up to its next owner', () => {
    announcer.announce([{ mind: 'm0', from: 1, to: 1 }]);
    announcer.release(0);
    owned.delete(0);
    announcer.announce([{ mind: 'm2', from: 1, to: 1 }]);
    jest.advanceTimersByTime(10_000);
    expect(again()).toBe(0);
    expect(said).toHaveLength(2);
  });
});
