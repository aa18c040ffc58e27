import type { ContextItem } from './context-item';

/** Words of three characters or more, in lower case, each once. */
function wordsOf(text: string): Set<string> {
  return new Set(
    text
      .normalize('NFC')
      .toLowerCase()
      .match(/[\p{L}\p{N}]{3,}/gu) ?? [],
  );
}

/**
 * Recall by words: items that share words with what is said, ranked by the sum of ln(1 + N / n) over the shared words,
 * where n of the N items hold the word (inverse document frequency); the newer one first among equals.
 * Items that share nothing are left out.
 */
export function recallByWords(input: string, items: readonly ContextItem[], limit: number): ContextItem[] {
  const asked = wordsOf(input);
  const candidates = items.map((item) => ({ item, words: wordsOf(item.text) }));
  const weight = new Map<string, number>();
  for (const word of asked) {
    const holders = candidates.filter(({ words }) => words.has(word)).length;
    if (holders > 0) weight.set(word, Math.log(1 + candidates.length / holders));
  }
  return candidates
    .map(({ item, words }) => ({
      item,
      score: [...weight].reduce((sum, [w, s]) => sum + (words.has(w) ? s : 0), 0),
    }))
    .filter(({ score }) => score > 0)
    .sort((a, b) => b.score - a.score || b.item.position - a.item.position)
    .slice(0, limit)
    .map(({ item }) => item);
}
