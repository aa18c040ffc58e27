const CITED = /\[#(\d{1,16})\]/gu;

/** The positions that a text cites as `[#n]`, each once, in order. */
export const citedPositions = (text: string): number[] => [
  ...new Set([...text.matchAll(CITED)].map((match) => Number(match[1]))),
];
