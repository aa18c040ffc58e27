const MARK = /\[#(\d+)\]/gu;
const CLAIMS = 100;
const CLAIM_CHARS = 200;

/**
 * What an answer names and does not exist: marks `[#n]` outside 1 ≤ n ≤ contextPosition, and ids of commitments in
 * `DONE` lines that this mind never had. Each once, in order, at most 100.
 */
export function falseClaims(
  answer: { shown: string; doneCids: readonly string[] },
  truth: { contextPosition: number; knownCids: ReadonlySet<string> },
): string[] {
  const marks = [...answer.shown.matchAll(MARK)]
    .filter(([, digits]) => Number(digits) < 1 || Number(digits) > truth.contextPosition)
    .map(([mark]) => mark);
  const cids = answer.doneCids.filter((cid) => !truth.knownCids.has(cid));
  return [...new Set([...marks, ...cids])].slice(0, CLAIMS).map((claim) => claim.slice(0, CLAIM_CHARS));
}
