/** In a Unicode pattern only syntax characters may be escaped; a hyphen outside of a class is none. */
const escape = (text: string): string => text.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&');

/** No letter, digit, `_` or `-` stands beside a whole word; case is kept. */
const wholeWord = (word: string, flags: string): RegExp =>
  new RegExp(`(?<![\\p{L}\\p{M}\\p{N}_\\-])${escape(word)}(?![\\p{L}\\p{M}\\p{N}_\\-])`, flags);

/** A test that can be asked of many texts. */
export function wordTest(word: string): (text: string) => boolean {
  if (word === '') return () => false;
  const pattern = wholeWord(word, 'u');
  return (text) => text.includes(word) && pattern.test(text);
}

export const holdsWord = (text: string, word: string): boolean => text.includes(word) && wordTest(word)(text);

export const replaceWord = (text: string, word: string, replacement: string): string =>
  text.replace(wholeWord(word, 'gu'), () => replacement);
