import type { MindEvent } from '#libs/contracts';
import { MAX_PAUSE_MS, newMindClock, nextTick, observe, ticked, type MindClock } from './mind-clock';

const T0 = Date.parse('2026-01-01T00:00:00.000Z');
const event = (kind: string, afterMs: number, meta: MindEvent['meta'] = {}): MindEvent => ({
  mind: 'm',
  position: 1,
  id: '00000000-0000-4000-8000-000000000000',
  kind,
  version: 1,
  at: new Date(T0 + afterMs).toISOString(),
  content: '',
  meta,
  prevHash: null,
  hash: '',
});
const after = (...events: MindEvent[]): MindClock => events.reduce(observe, newMindClock(10_000));
const tick = (n: number, afterMs: number) =>
  event('autonomy_tick', afterMs, { tick: n, reason: 'heartbeat' });

describe('the clock of a mind', () => {
  it('never ticks a mind at position 0', () => expect(nextTick(after())).toBeNull());

  it('ticks one interval after the first event', () =>
    expect(nextTick(after(event('user_message', 0)))).toEqual({ at: T0 + 10_000, reason: 'heartbeat' }));

  it('ticks one interval after the first event however much happens until then', () =>
    expect(nextTick(after(...[0, 4_000, 8_000, 9_999].map((ms) => event('user_message', ms))))).toEqual({
      at: T0 + 10_000,
      reason: 'heartbeat',
    }));

  it('ticks an awake mind each interval', () =>
    expect(nextTick(after(event('user_message', 0), tick(1, 10_000), event('user_message', 15_000)))).toEqual(
      {
        at: T0 + 20_000,
        reason: 'heartbeat',
      },
    ));

  it('ticks a quiet mind ever more slowly', () => {
    const quiet = after(event('user_message', 0), tick(1, 10_000), tick(2, 20_000), tick(3, 40_000));
    expect(nextTick(quiet)).toEqual({ at: T0 + 80_000, reason: 'heartbeat' });
  });

  it('sleeps when the pause has reached an hour, and wakes on an event', () => {
    const asleep = after(event('user_message', 0), tick(1, MAX_PAUSE_MS));
    expect(nextTick(asleep)).toBeNull();
    expect(nextTick(observe(asleep, event('user_message', MAX_PAUSE_MS + 5)))).toEqual({
      at: T0 + MAX_PAUSE_MS + 10_000,
      reason: 'heartbeat',
    });
  });

  it('is not woken by what services write in answer to a tick', () => {
    const asleep = after(event('user_message', 0), tick(1, MAX_PAUSE_MS));
    expect(nextTick(observe(asleep, event('metrics_update', MAX_PAUSE_MS + 5)))).toBeNull();
    expect(
      nextTick(observe(asleep, event('commitment_open', MAX_PAUSE_MS + 5, { source: 'reflection' }))),
    ).toBeNull();
  });

  it('wakes a sleeping mind when a commitment is due, once', () => {
    const dueAt = new Date(T0 + 2 * MAX_PAUSE_MS).toISOString();
    const asleep = after(event('commitment_open', 0, { dueAt }), tick(1, MAX_PAUSE_MS));
    expect(nextTick(asleep)).toEqual({ at: T0 + 2 * MAX_PAUSE_MS, reason: 'due' });
    expect(nextTick(observe(asleep, tick(2, 2 * MAX_PAUSE_MS + 1)))).toBeNull();
  });

  it('looks at a due time that a tick by another clock missed one interval later', () => {
    const dueAt = new Date(T0 + 2 * MAX_PAUSE_MS).toISOString();
    const asleep = after(event('commitment_open', 0, { dueAt }), tick(1, MAX_PAUSE_MS));
    const early = ticked(asleep, 2, T0 + 2 * MAX_PAUSE_MS);
    expect(nextTick(early)).toEqual({ at: T0 + 2 * MAX_PAUSE_MS + 10_000, reason: 'due' });
    expect(nextTick(observe(early, tick(2, 2 * MAX_PAUSE_MS - 1)))).toMatchObject({ reason: 'due' });
    expect(nextTick(observe(early, tick(2, 2 * MAX_PAUSE_MS + 1)))).toBeNull();
  });

  it('does not depend on the order or repetition of events', () => {
    const events = [
      event('user_message', 0),
      tick(1, 10_000),
      event('user_message', 12_000),
      tick(2, 20_000),
    ];
    expect(after(...events.reverse(), ...events)).toEqual(after(...events));
  });

  it('never lowers a tick number', () => expect(after(tick(7, 70_000), tick(3, 30_000)).tick).toBe(7));
});
