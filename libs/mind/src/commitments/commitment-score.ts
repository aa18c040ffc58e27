import { millisecondsBetween } from '../clock/clock.fold';
import type { OpenCommitment } from './commitment.types';
import * as c from './commitments.constants';

const HOUR_MS = 60 * 60 * 1000;

/** How soon it is due, in [0, 1]: 1 when overdue, 0 without a due time or beyond 72 hours. */
function urgency(dueAt: string | undefined, at: string | null): number {
  if (dueAt === undefined || at === null) return 0;
  const hours = millisecondsBetween(at, dueAt) / HOUR_MS;
  return Math.min(1, Math.max(0, 1 - hours / c.URGENCY_HORIZON_HOURS));
}

/**
 * Priority of an open commitment, in [0, 1], computed on read: 0.6 × urgency + 0.3 × level + 0.1 × newness.
 * `now` is the mind's own time: the last tick, and `at` of the last event.
 */
export function commitmentScore(
  commitment: OpenCommitment,
  now: { tick: number; at: string | null },
): number {
  const level = commitment.priority ? c.LEVELS[commitment.priority] : c.DEFAULT_LEVEL;
  const newness = 1 / (1 + Math.max(0, now.tick - commitment.openTick) / c.NEWNESS_TICKS);
  return (
    c.URGENCY_WEIGHT * urgency(commitment.dueAt, now.at) + c.LEVEL_WEIGHT * level + c.NEWNESS_WEIGHT * newness
  );
}
