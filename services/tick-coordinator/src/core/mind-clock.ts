import type { MindEvent } from '#libs/contracts';

/** What the coordinator knows of a mind to tell when it ticks. Times are milliseconds since 1970, taken from events. */
export interface MindClock {
  /** Whether the log held nothing when this was told: an import may still fill it, with ticks too. */
  isEmpty: boolean;
  /** Number of the last tick; 0 when there was none. */
  tick: number;
  lastTickAt: number | null;
  /** When something first and last happened that no service wrote in answer to a tick. */
  firstWakeAt: number | null;
  lastWakeAt: number | null;
  /** Due times of commitments that were opened, ascending. */
  dues: number[];
  intervalMs: number;
}

export const MAX_PAUSE_MS = 3_600_000;
const MAX_DUES = 1_000;

/** What services write in answer to a tick; such an event wakes nobody. */
const ANSWERS: ReadonlySet<string> = new Set([
  'autonomy_tick',
  'trait_update',
  'metrics_update',
  'stage_update',
  'commitment_due',
  'commitment_expire',
  'commitment_rebind',
  'project_close',
  'reflection',
  'reflection_rejected',
  'meta_reflection',
  'self_assessment',
  'bandit_reward',
  'policy_update',
  'turn_failed',
  'invariant_violation',
]);

export const newMindClock = (intervalMs: number): MindClock => ({
  isEmpty: true,
  tick: 0,
  lastTickAt: null,
  firstWakeAt: null,
  lastWakeAt: null,
  dues: [],
  intervalMs,
});

export const isWaking = (event: MindEvent): boolean =>
  !ANSWERS.has(event.kind) && event.meta.source !== 'reflection';

/** Takes in one event. Only extremes are kept, so that order and repetition of events do not matter. */
export function observe(before: MindClock, event: MindEvent): MindClock {
  const clock = filled(before);
  const at = Date.parse(event.at);
  if (event.kind === 'autonomy_tick') return observeTick(clock, event, at);
  const woken = isWaking(event) ? observeWake(clock, at) : clock;
  return event.kind === 'commitment_open' ? observeDue(woken, event) : woken;
}

/** The log holds something, and so no import comes any more. */
export const filled = (clock: MindClock): MindClock => (clock.isEmpty ? { ...clock, isEmpty: false } : clock);

const observeWake = (clock: MindClock, at: number): MindClock => ({
  ...clock,
  firstWakeAt: Math.min(at, clock.firstWakeAt ?? at),
  lastWakeAt: Math.max(at, clock.lastWakeAt ?? at),
});

/** The log's own time of a tick counts: what was due by it is done. */
function observeTick(clock: MindClock, event: MindEvent, at: number): MindClock {
  const tick = typeof event.meta.tick === 'number' ? event.meta.tick : 0;
  return tick > 0 && tick >= clock.tick
    ? { ...clock, tick, lastTickAt: at, dues: clock.dues.filter((due) => due > at) }
    : clock;
}

/** A tick that was appended just now, by our own time, until its event is observed. */
export const ticked = (clock: MindClock, tick: number, nowMs: number): MindClock =>
  tick > clock.tick ? { ...filled(clock), tick, lastTickAt: nowMs } : clock;

function observeDue(clock: MindClock, event: MindEvent): MindClock {
  const due = typeof event.meta.dueAt === 'string' ? Date.parse(event.meta.dueAt) : NaN;
  if (!(due > (clock.lastTickAt ?? 0)) || clock.dues.includes(due)) return clock;
  return { ...clock, dues: [...clock.dues, due].sort((a, b) => a - b).slice(0, MAX_DUES) };
}

export interface NextTick {
  at: number;
  reason: 'heartbeat' | 'due';
}

/**
 * When a mind ticks next by the clock: last tick + clamp(last tick − last wake, interval, 1 h). Once that pause has
 * reached 1 h it sleeps until an event wakes it or a due time comes. Null: it sleeps.
 */
export function nextTick(clock: MindClock): NextTick | null {
  const { lastTickAt, firstWakeAt, intervalMs, dues } = clock;
  if (firstWakeAt === null && lastTickAt === null) return null;
  const due = dueAt(dues[0], lastTickAt, intervalMs);
  const heartbeat = heartbeatAt(clock);
  if (heartbeat !== null && (due === undefined || heartbeat <= due))
    return { at: heartbeat, reason: 'heartbeat' };
  return due === undefined ? null : { at: due, reason: 'due' };
}

/** Never sooner than one interval after the last tick: that one may have been a little too early for it. */
function dueAt(due: number | undefined, lastTickAt: number | null, intervalMs: number): number | undefined {
  return due === undefined || lastTickAt === null ? due : Math.max(due, lastTickAt + intervalMs);
}

/** The first tick is due one interval after the first wake, however much happens since. */
function heartbeatAt({ lastTickAt, firstWakeAt, lastWakeAt, intervalMs }: MindClock): number | null {
  if (lastTickAt === null) return firstWakeAt === null ? null : firstWakeAt + intervalMs;
  const quietMs = lastWakeAt === null ? MAX_PAUSE_MS : lastTickAt - lastWakeAt;
  if (quietMs >= MAX_PAUSE_MS) return null;
  return lastTickAt + Math.max(quietMs, intervalMs);
}
