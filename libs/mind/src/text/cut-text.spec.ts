import fc from 'fast-check';
import { countCharacters, cutBytes, cutText } from './cut-text';

describe('cutting a text', () => {
  it.each([
    ['abc', 2, 'ab'],
    ['abc', 3, 'abc'],
    ['a😀b', 2, 'a'],
    ['a😀b', 3, 'a😀'],
    ['', 0, ''],
  ])('%j at %d units is %j', (text, units, cut) => expect(cutText(text, units)).toBe(cut));

  it.each([
    ['abc', 2, 'ab'],
    ['aé', 2, 'a'],
    ['aé', 3, 'aé'],
    ['😀', 3, ''],
    ['日本', 5, '日'],
  ])('%j at %d bytes is %j', (text, bytes, cut) => expect(cutBytes(text, bytes)).toBe(cut));

  it('never leaves half a character, and fits', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.nat(40), (text, most) => {
        fc.pre(text.isWellFormed());
        for (const cut of [cutText(text, most), cutBytes(text, most)]) {
          expect(cut.isWellFormed() && text.startsWith(cut)).toBe(true);
        }
        expect(Buffer.byteLength(cutBytes(text, most))).toBeLessThanOrEqual(most);
        expect(countCharacters(text)).toBe([...text].length);
      }),
      { numRuns: 300 },
    );
  });
});
