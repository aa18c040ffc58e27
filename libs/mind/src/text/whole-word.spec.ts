import { holdsWord, replaceWord } from './whole-word';

describe('a whole word', () => {
  it.each([
    ['ask Ren-7 again', 'Ren-7', true],
    ['ask Ren-77 again', 'Ren-7', false],
    ['ask Ren-7-b again', 'Ren-7', false],
    ['ask ren-7 again', 'Ren-7', false],
    ['ask J. R. (late)', 'J. R.', true],
    ['askNova', 'Nova', false],
    ['Nova_1', 'Nova', false],
    ['Łucja, hello', 'Łucja', true],
    ['anything', '', false],
  ])('in %j: %j is %s', (text, word, held) => expect(holdsWord(text, word)).toBe(held));

  it('is replaced wherever it stands, and nothing in the new one is special', () =>
    expect(replaceWord('Ren-7 and Ren-7, not Ren-70', 'Ren-7', "$&'s")).toBe("$&'s and $&'s, not Ren-70"));
});
