import { histogramPercentile, median, pairedRatio, percentile, summarize } from './statistics';

it('finds the middle of an odd and of an even number of values, whatever their order', () => {
  expect(median([9, 1, 5])).toBe(5);
  expect(median([10, 9, 100, 2])).toBe(9.5);
  expect(median([])).toBeNaN();
});

it('interpolates percentiles between the nearest values', () => {
  const hundred = Array.from({ length: 101 }, (_, n) => n);
  expect(percentile(hundred, 99)).toBe(99);
  expect(percentile([0, 10], 25)).toBe(2.5);
  expect(percentile([7], 99)).toBe(7);
});

it('tells median, p99 and spread: half the distance of the quartiles as a share of the median', () => {
  expect(summarize([1, 2, 3, 4, 5])).toEqual({ count: 5, median: 3, p99: 4.96, spread: 1 / 3 });
  expect(summarize([0, 0]).spread).toBe(0);
});

it('compares measurement by measurement, so that a slow minute counts for both', () => {
  expect(pairedRatio([2, 20, 3], [1, 10, 1])).toBe(2);
  expect(pairedRatio([4, 8], [2])).toBe(2);
});

it('reads a percentile from cumulative buckets', () => {
  const buckets = [
    { le: 0.1, count: 90 },
    { le: Infinity, count: 100 },
    { le: 0.2, count: 100 },
  ];
  expect(histogramPercentile(buckets, 95)).toBeCloseTo(0.15);
  expect(histogramPercentile(buckets, 45)).toBeCloseTo(0.05);
  expect(
    histogramPercentile(
      [
        { le: 1, count: 1 },
        { le: Infinity, count: 100 },
      ],
      99,
    ),
  ).toBe(Infinity);
  expect(histogramPercentile([], 99)).toBeNaN();
});
