import { composeFold } from '#libs/kernel';
import { Life } from '#test/replay/life';
import { clockSection, millisecondsBetween, type ClockState } from '../clock/clock.fold';
import { ticksSection, type TicksState } from './ticks.fold';

const fold = composeFold<{ clock: ClockState; ticks: TicksState }>(1, {
  clock: clockSection,
  ticks: ticksSection,
});

describe('ticks', () => {
  it('are counted, with the positions of the last three', () => {
    const life = new Life(fold);
    life.tick(2);
    life.turn();
    life.tick(2);
    expect(life.state.ticks).toMatchObject({
      tick: 4,
      position: 6,
      previous: 5,
      beforePrevious: 2,
      firstOwnTick: 1,
    });
    expect(life.state.ticks.at).toBe(life.events.at(-1)?.at);
  });

  it('never shrink, whatever number a tick claims', () => {
    const life = new Life(fold);
    const seen: number[] = [];
    for (const tick of [1, 2, 2, 1, 9, 3]) {
      life.add('autonomy_tick', { tick, reason: 'heartbeat' });
      seen.push(life.state.ticks.tick);
    }
    expect(seen).toEqual([1, 2, 3, 4, 9, 10]);
  });

  it('know the first one that was not imported', () => {
    const life = new Life(fold);
    life.imported('autonomy_tick', { tick: 1 });
    life.imported('autonomy_tick', { tick: 'two' });
    expect(life.state.ticks).toMatchObject({ tick: 2, firstOwnTick: null });
    life.tick(2);
    expect(life.state.ticks).toMatchObject({ tick: 4, firstOwnTick: 3 });
  });
});

describe('the clock of a log', () => {
  it('shows the time of the first and of the last event, and where our own events begin', () => {
    const life = new Life(fold);
    expect(life.state.clock).toEqual({ firstAt: null, at: null, ownSince: 0 });
    life.imported('user_message', {}, 'hi');
    life.wait(60).turn();
    expect(life.state.clock).toEqual({ firstAt: life.events[0]?.at, at: life.events[2]?.at, ownSince: 2 });
  });

  it('is not moved by a user’s own kinds, which no fold reads', () =>
    expect(fold.touchedBy('x.note')).toEqual([]));

  it('measures in milliseconds, and nothing where a time is unknown', () => {
    expect(millisecondsBetween('2026-01-01T00:00:00.000Z', '2026-01-01T00:00:01.500Z')).toBe(1_500);
    expect(millisecondsBetween(null, '2026-01-01T00:00:01.500Z')).toBe(0);
  });
});
