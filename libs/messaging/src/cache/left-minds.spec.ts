import { LeftMinds } from './left-minds';
import { PendingAppends } from './pending-appends';

describe('what is remembered of minds that left', () => {
  it('is bounded, the one that left first is forgotten first', () => {
    const left = new LeftMinds(2);
    for (const [mind, watermark] of [
      ['a', 1],
      ['b', 2],
      ['a', 3],
      ['c', 4],
    ] as const)
      left.left(mind, watermark);
    expect(['a', 'b', 'c'].map((mind) => left.watermark(mind))).toEqual([3, 0, 4]);
    left.forget('a');
    expect(left.watermark('a')).toBe(0);
  });
});

describe('pending appends', () => {
  it('hold up their own rule of their own mind, until all of their events are folded', () => {
    const pending = new PendingAppends(10);
    pending.begin('a', 'r', ['1', '2']);
    expect([pending.blocks('a', 'r'), pending.blocks('a', 's'), pending.blocks('b', 'r')]).toEqual([
      true,
      false,
      false,
    ]);
    pending.folded('a', { id: '1', position: 5 });
    expect(pending.blocks('a', 'r')).toBe(true);
    pending.folded('a', { id: '2', position: 6 });
    expect(pending.blocks('a', 'r')).toBe(false);
  });

  it('end when the position is folded at which they are in the log, or was folded before', () => {
    const pending = new PendingAppends(10);
    const first = pending.begin('a', 'r', ['1']);
    pending.written('a', first, { until: 9, watermark: 8 });
    pending.folded('a', { id: 'x', position: 8 });
    expect(pending.blocks('a', 'r')).toBe(true);
    pending.folded('a', { id: 'x', position: 9 });
    expect(pending.blocks('a', 'r')).toBe(false);
    const second = pending.begin('a', 'r', ['2']);
    pending.written('a', second, { until: 9, watermark: 9 });
    expect(pending.blocks('a', 'r')).toBe(false);
  });

  it('are bounded, those of the mind that decided first are forgotten first', () => {
    const pending = new PendingAppends(2);
    for (const mind of ['a', 'b', 'c']) pending.begin(mind, 'r', ['1']);
    expect(['a', 'b', 'c'].map((mind) => pending.blocks(mind, 'r'))).toEqual([false, true, true]);
  });
});
