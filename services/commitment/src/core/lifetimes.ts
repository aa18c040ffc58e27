import {
  CID_UNITS,
  DEFAULT_TTL_TICKS,
  ENDS_PER_TICK,
  millisecondsBetween,
  OVERDUE_MS,
  type CommitmentState,
  type OpenCommitment,
} from '#libs/mind';

/** What time does to an open commitment at a tick. */
export type Lapse = 'due' | 'overdue' | 'ttl';

export interface Lapsed {
  cid: string;
  commitment: OpenCommitment;
  lapse: Lapse;
}

type Facts = Pick<CommitmentState, 'ticks' | 'commitments'>;

/** The dues and expiries of the last tick, at most 200, oldest first; a commitment that is snoozed has none. */
export function lapsedCommitments({ ticks, commitments }: Facts): Lapsed[] {
  const lapsed: Lapsed[] = [];
  for (const [cid, commitment] of commitments.open) {
    const lapse = lapseOf(commitment, ticks);
    if (lapse && cid.length <= CID_UNITS) lapsed.push({ cid, commitment, lapse });
    if (lapsed.length === ENDS_PER_TICK) break;
  }
  return lapsed;
}

function lapseOf(commitment: OpenCommitment, ticks: Facts['ticks']): Lapse | null {
  const { dueAt, dueTold, snoozedUntil = 0 } = commitment;
  if (snoozedUntil > ticks.tick) return null;
  if (dueAt === undefined)
    return age(commitment, ticks) >= (commitment.ttlTicks ?? DEFAULT_TTL_TICKS) ? 'ttl' : null;
  const lateMs = millisecondsBetween(dueAt, ticks.at);
  // Told first, expired at a later tick: never both at one.
  if (dueTold !== dueAt) return lateMs > 0 ? 'due' : null;
  return lateMs > OVERDUE_MS ? 'overdue' : null;
}

/** Ticks since it was opened, slept or was updated. An imported one ages from the first tick that was not imported. */
function age(
  { imported, openTick, snoozedUntil = 0, updatedTick = 0 }: OpenCommitment,
  ticks: Facts['ticks'],
): number {
  const from = imported ? (ticks.firstOwnTick ?? ticks.tick) : 0;
  return ticks.tick - Math.max(openTick, snoozedUntil, updatedTick, from);
}
