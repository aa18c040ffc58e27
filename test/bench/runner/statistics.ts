/** What repeated measurements of one figure say together. */
export interface Summary {
  count: number;
  median: number;
  p99: number;
  /** Half the distance between the quartiles, as a share of the median: how far apart repeats lie. */
  spread: number;
}

/** The p-th percentile (0 to 100) of some values, interpolated between the two nearest; NaN when there is none. */
export function percentile(values: readonly number[], p: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  const place = ((sorted.length - 1) * p) / 100;
  const [below, above] = [sorted[Math.floor(place)], sorted[Math.ceil(place)]];
  if (below === undefined || above === undefined) return NaN;
  return below + (above - below) * (place - Math.floor(place));
}

export const median = (values: readonly number[]): number => percentile(values, 50);

export function summarize(values: readonly number[]): Summary {
  const middle = median(values);
  const quartiles = percentile(values, 75) - percentile(values, 25);
  return {
    count: values.length,
    median: middle,
    p99: percentile(values, 99),
    spread: middle === 0 ? 0 : quartiles / 2 / middle,
  };
}

/**
 * The median of the ratios of pairs that were measured one right after the other: what disturbed the machine for a
 * while disturbed both.
 */
export const pairedRatio = (ours: readonly number[], theirs: readonly number[]): number =>
  median(ours.slice(0, theirs.length).map((value, n) => value / (theirs[n] ?? NaN)));

/** The sample of a cumulative histogram: how many observations were at most `le` (Infinity for the last). */
export interface Bucket {
  le: number;
  count: number;
}

/** The p-th percentile of a histogram, interpolated inside its bucket; Infinity when it lies in the last one. */
export function histogramPercentile(buckets: readonly Bucket[], p: number): number {
  const sorted = [...buckets].sort((a, b) => a.le - b.le);
  const wanted = ((sorted.at(-1)?.count ?? 0) * p) / 100;
  let [from, before] = [0, 0];
  for (const { le, count } of sorted) {
    if (count >= wanted && count > 0)
      return Number.isFinite(le)
        ? from + ((le - from) * (wanted - before)) / Math.max(1, count - before)
        : le;
    [from, before] = [le, count];
  }
  return NaN;
}
