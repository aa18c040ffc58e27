import { meanSeconds, secondsOf, sumCounters, totalsOf } from './system-totals';

it('sums reads by source and by purpose over all members', () => {
  const one = {
    'pmm_log_reads_total{purpose="broadcast",source="memory"}': 5,
    'pmm_log_reads_total{purpose="query",source="postgres"}': 2,
    'pmm_batches_total{result="folded"}': 3,
  };
  const two = {
    'pmm_log_reads_total{purpose="broadcast",source="memory"}': 1,
    'pmm_batches_total{result="dropped"}': 4,
    pmm_broadcasts_total: 7,
  };
  expect(totalsOf(sumCounters([one, two]))).toMatchObject({
    reads: { memory: 6, postgres: 2, byPurpose: { broadcast: 6, query: 2 } },
    batches: { dropped: 4, folded: 3 },
    broadcasts: 7,
    repairs: 0,
  });
});

it('does not take a longer name for the one asked for', () => {
  expect(totalsOf({ 'pmm_log_reads_asked_total{purpose="query"}': 9 }).reads.memory).toBe(0);
  expect(totalsOf({ pmm_appends_total: 2, pmm_appended_events_total: 5 }).appends).toBe(2);
});

it('takes the mean of a histogram over members', () => {
  const member = (sum: number, count: number) => [
    { name: 'other', values: [{ metricName: 'lag_sum', value: 99 }] },
    {
      name: 'lag',
      values: [
        { metricName: 'lag_bucket', value: 1 },
        { metricName: 'lag_sum', value: sum },
        { metricName: 'lag_count', value: count },
      ],
    },
  ];
  expect(meanSeconds([member(1, 2), member(3, 2)], 'lag')).toBe(1);
  expect(meanSeconds([member(0, 0)], 'lag')).toBeNull();
});

it('sums the seconds of members by what was timed', () => {
  const of = (value: number) => [
    {
      values: [
        { metricName: 'pmm_fold_seconds_sum', value },
        { metricName: 'pmm_fold_seconds_count', value: 7 },
        { metricName: 'pmm_bytes_sum', value: 9 },
      ],
    },
  ];
  expect(secondsOf([of(0.5), of(0.25)])).toEqual({ pmm_fold_seconds: 0.75 });
});
