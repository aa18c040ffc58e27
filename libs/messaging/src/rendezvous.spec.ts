import fc from 'fast-check';
import { dealShards, Dealer } from './rendezvous';

const SHARDS = 64;
const deal = (members: string[]) => dealShards(SHARDS, members);
const moved = (before: (string | null)[], after: (string | null)[]) =>
  before.filter((owner, shard) => owner !== after[shard]).length;

describe('the owner of a shard', () => {
  it('is nobody when there is no member', () => expect(new Set(deal([]))).toEqual(new Set([null])));

  it('does not depend on the order in which members are known', () =>
    expect(new Dealer(SHARDS).shardsOf('a', ['c', 'a', 'b'])).toEqual(
      new Dealer(SHARDS).shardsOf('a', ['a', 'b', 'c', 'a']),
    ));

  it('is dealt evenly: every shard once, and nobody has two more than another', () => {
    const members = fc.uniqueArray(fc.string({ minLength: 1 }), { minLength: 1, maxLength: 20 });
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 200 }), members, (shards, all) => {
        const owners = dealShards(shards, all);
        const counts = all.map((member) => owners.filter((owner) => owner === member).length);
        expect(counts.reduce((sum, count) => sum + count, 0)).toBe(shards);
        expect(Math.max(...counts) - Math.min(...counts)).toBeLessThanOrEqual(1);
      }),
    );
  });

  it('changes for few more shards than must move when a member comes or goes', () => {
    const names = Array.from({ length: 7 }, (_, n) => `member-${n}`);
    for (let count = 1; count < names.length; count++) {
      const fewer = deal(names.slice(0, count));
      const more = deal(names.slice(0, count + 1));
      expect(moved(fewer, more)).toBeLessThanOrEqual(2 * Math.ceil(SHARDS / (count + 1)));
    }
  });
});
