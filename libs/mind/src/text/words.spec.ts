import { ngramOverlap, repeatedWordShare, wordsOf } from './words';

describe('words', () => {
  it('are runs of letters, digits and apostrophes, in lower case', () =>
    expect(wordsOf("Don't stop: 3 Füße, 日本!")).toEqual(["don't", 'stop', '3', 'füße', '日本']));
});

describe('3-gram overlap', () => {
  it.each([
    ['a b c d', 'a b c d', 1],
    ['a b c d', 'A, b. C; d!', 1],
    ['a b c d e', 'a b c', 1],
    ['a b c x', 'a b c d e f', 0.5],
    ['a b c', 'x y z', 0],
    ['a b', 'a b', 1],
    ['a b', 'a b c', 0],
    ['', 'a b c', 0],
    ['', '', 0],
    ['a a a a a', 'a a a', 1],
  ])('of %j and %j is %d', (a, b, overlap) => {
    expect(ngramOverlap(a, b)).toBe(overlap);
    expect(ngramOverlap(b, a)).toBe(overlap);
  });
});

describe('the share of repeated words', () => {
  it.each([
    ['a b c d', 0],
    ['a a a a', 0.75],
    ['a A b', 1 - 2 / 3],
    ['', 0],
  ])('of %j is %d', (text, share) => expect(repeatedWordShare(text)).toBeCloseTo(share, 12));
});
