import type { MindEvent } from '#libs/contracts';

/** Consecutive events as a follower gets them. */
export interface FollowedBatch {
  from: number;
  to: number;
  events: MindEvent[];
}

/**
 * Where a batch stands for a follower who has seen everything up to `seen`: nothing new, something missing before it,
 * or the next events, without those that were seen already.
 */
export type Place = { is: 'old' } | { is: 'gap' } | { is: 'next'; batch: FollowedBatch };

export function placeBatch({ from, to, events }: FollowedBatch, seen: number): Place {
  if (to <= seen) return { is: 'old' };
  if (from > seen + 1) return { is: 'gap' };
  const fresh = events.filter((event) => event.position > seen);
  return { is: 'next', batch: { from: seen + 1, to, events: fresh } };
}
