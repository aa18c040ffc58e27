import { ownerOf } from './rendezvous';

const SHARDS = Array.from({ length: 64 }, (_, shard) => shard);
const deal = (members: string[]) => SHARDS.map((shard) => ownerOf(shard, members));

describe('the owner of a shard', () => {
  it('is nobody when there is no member', () => expect(ownerOf(3, [])).toBeNull());

  it('does not depend on the order in which members are known', () =>
    expect(deal(['c', 'a', 'b'])).toEqual(deal(['a', 'b', 'c'])));

  it.each([2, 3, 5])('is dealt about evenly among %d members', (count) => {
    const members = Array.from({ length: count }, (_, n) => `member-${n}`);
    const counts = members.map((member) => deal(members).filter((owner) => owner === member).length);
    for (const owned of counts) {
      expect(owned).toBeGreaterThan((64 / count) * 0.5);
      expect(owned).toBeLessThan((64 / count) * 1.6);
    }
  });

  it('changes only to a member that comes, or from one that goes', () => {
    const before = deal(['a', 'b']);
    const after = deal(['a', 'b', 'c']);
    for (const shard of SHARDS) expect([before[shard], 'c']).toContain(after[shard]);
    expect(after).toContain('c');
    const without = deal(['a', 'c']);
    for (const shard of SHARDS) if (after[shard] !== 'b') expect(without[shard]).toBe(after[shard]);
  });
});
