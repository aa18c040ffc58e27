/**
 * Why positions are no evidence for a commitment opened at `openPosition`, or null when they are: all exist in the log
 * up to `watermark`, and at least one came after the open. Likeness of words is no evidence.
 */
export function evidenceFault(
  evidence: readonly number[],
  { openPosition, watermark }: { openPosition: number; watermark: number },
): string | null {
  const missing = evidence.find(
    (position) => !Number.isSafeInteger(position) || position < 1 || position > watermark,
  );
  if (missing !== undefined) return `there is no event #${missing}`;
  if (evidence.some((position) => position > openPosition)) return null;
  return `evidence must have come after the open at #${openPosition}`;
}
