import { createHash } from 'node:crypto';

/**
 * The member that owns a shard: highest-random-weight (rendezvous) hashing, Thaler and Ravishankar 1998. When a member
 * comes or goes, only the shards that it gains or had change their owner. Null when there is no member.
 */
export function ownerOf(shard: number, members: readonly string[]): string | null {
  let best: string | null = null;
  let bestWeight = '';
  for (const member of members) {
    const weight = createHash('sha256').update(`${shard}/${member}`).digest('hex');
    if (best === null || weight > bestWeight || (weight === bestWeight && member < best)) {
      best = member;
      bestWeight = weight;
    }
  }
  return best;
}

/** Deals all shards among members, and remembers the last deal: it is asked for every second and rarely changes. */
export class Dealer {
  private last: { key: string; mine: ReadonlySet<number> } | null = null;

  constructor(private readonly shards: number) {}

  /** The shards of one of these members. */
  shardsOf(instance: string, members: readonly string[]): ReadonlySet<number> {
    const key = [instance, ...[...members].sort()].join();
    if (this.last?.key !== key) {
      const all = Array.from({ length: this.shards }, (_, shard) => shard);
      this.last = { key, mine: new Set(all.filter((shard) => ownerOf(shard, members) === instance)) };
    }
    return this.last.mine;
  }
}
