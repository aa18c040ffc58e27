/** Words of a text, in lower case: runs of letters, digits and apostrophes. */
export const wordsOf = (text: string): string[] =>
  text.toLowerCase().match(/[\p{L}\p{M}\p{N}]+(?:['’][\p{L}\p{M}\p{N}]+)*/gu) ?? [];

const GRAM_WORDS = 3;

/** The distinct runs of three words; of a shorter text, the whole of it. */
function grams(words: readonly string[]): Set<string> {
  if (words.length === 0) return new Set();
  if (words.length < GRAM_WORDS) return new Set([words.join(' ')]);
  return new Set(words.slice(GRAM_WORDS - 1).map((_, i) => words.slice(i, i + GRAM_WORDS).join(' ')));
}

/** 3-gram overlap of two texts in [0, 1]: the runs of three words that both have / those of the shorter text. */
export function ngramOverlap(a: string, b: string): number {
  const [fewer, more] = [grams(wordsOf(a)), grams(wordsOf(b))].sort((x, y) => x.size - y.size) as [
    Set<string>,
    Set<string>,
  ];
  if (fewer.size === 0) return 0;
  let shared = 0;
  for (const gram of fewer) if (more.has(gram)) shared++;
  return shared / fewer.size;
}

/** 1 − distinct words / all words; 0 for a text without words. */
export function repeatedWordShare(text: string): number {
  const words = wordsOf(text);
  return words.length === 0 ? 0 : 1 - new Set(words).size / words.length;
}
