import fc from 'fast-check';
import { chainEvents, EMPTY_HEAD, type ChainedEvent } from './chain.core';
import { Tail } from './tail.core';
import { tailPage, type TailQuery } from './tail-page.core';

const KINDS = ['x.a', 'x.b', 'x.c'];
const log: ChainedEvent[] = chainEvents(
  'm',
  EMPTY_HEAD,
  Array.from({ length: 40 }, (_, n) => ({
    id: `id-${n}`,
    ...{ kind: KINDS[(n * n) % 3] ?? '', version: 1, content: 'c'.repeat(n), metaJson: '{}' },
  })),
  0,
);

/** What the whole log answers. */
function expected(query: TailQuery): { positions: number[]; more: boolean } {
  const inRange = log.filter(({ position }) => position > query.after && position <= query.to);
  const matching = inRange.filter(({ kind }) => !query.kinds || query.kinds.includes(kind));
  if (query.order === 'desc') matching.reverse();
  const taken = matching.slice(0, query.limit);
  return { positions: taken.map(({ position }) => position), more: matching.length > taken.length };
}

const query = fc.record({
  after: fc.nat(45),
  to: fc.oneof(fc.nat(45), fc.constant(Number.MAX_SAFE_INTEGER)),
  limit: fc.integer({ min: 1, max: 50 }),
  kinds: fc.option(fc.uniqueArray(fc.constantFrom(...KINDS, 'x.none'), { minLength: 1 }), { nil: undefined }),
  order: fc.constantFrom('asc' as const, 'desc' as const),
  maxBytes: fc.constant(Number.MAX_SAFE_INTEGER),
});

describe('a page of a tail', () => {
  it('is what the whole log would answer, or nothing', () => {
    let answered = 0;
    fc.assert(
      fc.property(query, fc.nat(39), fc.nat(39), (asked, dropped, droppedLater) => {
        const tail = new Tail(0);
        for (const event of log.slice(0, 30)) tail.add(event);
        tail.dropTo(Math.min(dropped, 29));
        for (const event of log.slice(30)) tail.add(event);
        tail.dropTo(droppedLater);
        const page = tailPage(tail, asked, 40);
        if (page === null) return;
        answered += 1;
        expect({ positions: page.events.map(({ position }) => position), more: page.more }).toEqual(
          expected(asked),
        );
      }),
      { numRuns: 1_000 },
    );
    expect(answered).toBeGreaterThan(200);
  });

  it('is nothing when the tail does not reach the head', () => {
    const tail = new Tail(0);
    for (const event of log.slice(0, 39)) tail.add(event);
    const asked = { after: 0, to: 40, limit: 50, order: 'asc' as const, maxBytes: 1e9 };
    expect(tailPage(tail, asked, 40)).toBeNull();
    expect(tailPage(tail, asked, 39)?.events).toHaveLength(39);
  });

  it('ends early rather than being too large, but not before one event', () => {
    const tail = new Tail(0);
    for (const event of log) tail.add(event);
    const asked = { after: 0, to: 40, limit: 50, order: 'asc' as const };
    expect(tailPage(tail, { ...asked, maxBytes: 1 }, 40)).toMatchObject({
      events: [{ position: 1 }],
      more: true,
    });
    const some = tailPage(tail, { ...asked, maxBytes: 2_000 }, 40);
    expect(some?.events.length).toBeLessThan(10);
    expect(some?.more).toBe(true);
  });
});

describe('a tail', () => {
  it('counts exactly the bytes of what it holds, and finds events by position and id', () => {
    const tail = new Tail(0);
    for (const event of log) tail.add(event);
    const all = tail.bytes;
    expect(tail.bytesOf(1, 40)).toBe(all);
    const freed = tail.dropTo(15);
    expect(tail.bytes).toBe(all - freed);
    expect(tail.bytesOf(1, 40)).toBe(tail.bytes);
    expect([tail.first, tail.last, tail.size]).toEqual([16, 40, 25]);
    expect(tail.at(15)).toBeUndefined();
    expect(tail.byId('id-14')).toBeUndefined();
    expect(tail.byId('id-15')).toBe(log[15]);
    expect([...tail.known(['id-3', 'id-20', 'none']).keys()]).toEqual(['id-20']);
  });
});
