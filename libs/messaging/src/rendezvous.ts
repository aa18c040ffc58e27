import { createHash } from 'node:crypto';

/** How much a member wants a shard: highest-random-weight (rendezvous) hashing, Thaler and Ravishankar 1998. */
const weightOf = (shard: number, member: string): string =>
  createHash('sha256').update(`${shard}/${member}`).digest('hex');

/**
 * Who owns each shard: the pairs of shard and member in order of weight, each taken unless the shard has its owner or the
 * member has its even share (rendezvous hashing with bounded loads, after Mirrokni, Thorup and Zadimoghaddam 2016, the
 * bound being an even deal). So no two members differ by more than one shard, and few shards change their owner when a
 * member comes or goes.
 * @returns The owner of shard 0, 1, 2 …; null for each when there is no member.
 */
export function dealShards(shards: number, members: readonly string[]): (string | null)[] {
  const owners = new Array<string | null>(shards).fill(null);
  const share = Math.floor(shards / members.length);
  let extras = shards % members.length;
  const counts = new Map(members.map((member) => [member, 0]));
  for (const { shard, member } of byWeight(shards, members)) {
    const count = counts.get(member) ?? 0;
    if (owners[shard] !== null || count > share || (count === share && extras === 0)) continue;
    if (count === share) extras -= 1;
    counts.set(member, count + 1);
    owners[shard] = member;
  }
  return owners;
}

function byWeight(shards: number, members: readonly string[]): { shard: number; member: string }[] {
  const pairs = Array.from({ length: shards }, (_, shard) =>
    members.map((member) => ({ shard, member, weight: weightOf(shard, member) })),
  ).flat();
  return pairs.sort((a, b) => (a.weight > b.weight ? -1 : a.weight < b.weight ? 1 : 0));
}

/** Deals all shards among members, and remembers the last deal: it is asked for every second and rarely changes. */
export class Dealer {
  private last: { key: string; mine: ReadonlySet<number> } | null = null;

  constructor(private readonly shards: number) {}

  /** The shards of one of these members. */
  shardsOf(instance: string, members: readonly string[]): ReadonlySet<number> {
    const present = [...new Set(members)].sort();
    const key = [instance, ...present].join();
    if (this.last?.key !== key) {
      const owners = dealShards(this.shards, present);
      this.last = {
        key,
        mine: new Set(owners.flatMap((owner, shard) => (owner === instance ? [shard] : []))),
      };
    }
    return this.last.mine;
  }
}
