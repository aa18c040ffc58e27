import type { ContextItem } from './context-item';
import { recallByWords } from './word-recall';

const item = (position: number, text: string): ContextItem => ({ kind: 'recalled', position, text });

describe('recall by words', () => {
  const items = [
    item(1, 'My cat is called Mia'),
    item(2, 'The train to Paris is late'),
    item(3, 'The weather is fine'),
    item(4, 'The cat sleeps'),
  ];
  const positions = (input: string, limit = 5) =>
    recallByWords(input, items, limit).map(({ position }) => position);

  it('prefers rare words to words that stand everywhere', () => {
    expect(positions('the train')).toEqual([2, 4, 3]);
  });

  it('puts the newer first among equals', () => {
    expect(positions('a cat')).toEqual([4, 1]);
  });

  it('does not care for case or composition, and leaves out what shares nothing', () => {
    expect(positions('MIA?')).toEqual([1]);
    expect(positions('nothing of that')).toEqual([]);
    expect(recallByWords('caf\u0065\u0301', [item(5, 'the caf\u00e9')], 5)).toHaveLength(1);
  });

  it('gives no more than asked for', () => {
    expect(positions('the', 2)).toEqual([4, 3]);
    expect(positions('the', 0)).toEqual([]);
  });
});
