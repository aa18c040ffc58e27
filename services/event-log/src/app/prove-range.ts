import { verifyRows, type Verdict, type VerifiedTo } from '../core/verify.core';
import type { RowRange, RowScan } from './prover.port';

/** Why rows that were to be there prove nothing. */
export const missing = (position: number) => ({ position, reason: `position ${position} is missing` });

/**
 * Proves rows while they come and there is time, but at least some; a range that ends by itself before its last position
 * lacks the next one.
 */
export async function proveRange(
  scan: RowScan,
  clock: { monotonicMs(): number },
  { range, previous, ms }: { range: RowRange; previous: VerifiedTo; ms: number },
): Promise<Verdict> {
  const stopAtMs = clock.monotonicMs() + ms;
  const total: Verdict = { good: 0, last: previous };
  for await (const rows of scan(range)) {
    const { good, last, firstBad } = verifyRows(rows, total.last);
    total.good += good;
    total.last = last;
    if (firstBad) return { ...total, firstBad };
    if (total.good > 0 && clock.monotonicMs() > stopAtMs) return total;
  }
  const { position } = total.last;
  return position === range.to ? total : { ...total, firstBad: missing(position + 1) };
}
