import type { SystemTotals } from '#libs/client';

/** `name{label="value"}` taken apart. */
interface Sample {
  name: string;
  labels: Record<string, string>;
  value: number;
}

export type Counters = Record<string, number>;

/** The sums of several members' counters. */
export function sumCounters(members: readonly Counters[]): Counters {
  const sums: Counters = {};
  for (const counters of members)
    for (const [name, value] of Object.entries(counters)) sums[name] = (sums[name] ?? 0) + value;
  return sums;
}

function samplesOf(counters: Counters): Sample[] {
  return Object.entries(counters).map(([key, value]) => {
    const [name = key, rest = ''] = key.split('{', 2);
    const pairs = [...rest.matchAll(/([a-z_]+)="([^"]*)"/g)].map(([, label, text]) => [label, text]);
    return { name, labels: Object.fromEntries(pairs) as Record<string, string>, value };
  });
}

/** What happened on the whole path, from the sums of all services' counters. */
export function totalsOf(counters: Counters): SystemTotals {
  const samples = samplesOf(counters);
  const sum = (name: string, wanted: (labels: Record<string, string>) => boolean = () => true) =>
    samples.filter((one) => one.name === name && wanted(one.labels)).reduce((all, one) => all + one.value, 0);
  const by = (name: string, label: string) => {
    const values = new Set(samples.filter((one) => one.name === name).map((one) => one.labels[label] ?? ''));
    return Object.fromEntries([...values].sort().map((v) => [v, sum(name, (labels) => labels[label] === v)]));
  };
  const reads = 'pmm_log_reads_total';
  return {
    reads: {
      memory: sum(reads, ({ source }) => source === 'memory'),
      postgres: sum(reads, ({ source }) => source === 'postgres'),
      byPurpose: by(reads, 'purpose'),
    },
    broadcasts: sum('pmm_broadcasts_total'),
    batches: by('pmm_batches_total', 'result'),
    folded: sum('pmm_events_folded_total'),
    appends: sum('pmm_appends_total'),
    appendedEvents: sum('pmm_appended_events_total'),
    repairs: sum('pmm_repairs_total'),
    rebuilds: sum('pmm_rebuilds_total'),
    ticks: sum('pmm_ticks_total'),
    alarms: sum('pmm_alarms_total'),
  };
}

interface MetricValue {
  metricName?: string;
  value: number;
}

/** Mean seconds of a histogram in prom-client's JSON, over several members; null when nothing was observed. */
export function meanSeconds(members: readonly unknown[][], histogram: string): number | null {
  const values = members
    .flat()
    .filter((metric) => nameOf(metric) === histogram)
    .flatMap(valuesOf);
  const total = (suffix: string) =>
    values.filter((one) => one.metricName === histogram + suffix).reduce((all, one) => all + one.value, 0);
  const count = total('_count');
  return count === 0 ? null : total('_sum') / count;
}

/** The seconds that several members spent, by the name of the histogram that observed them. */
export function secondsOf(members: readonly unknown[][]): Counters {
  const sums: Counters = {};
  for (const { metricName = '', value } of members.flat().flatMap(valuesOf)) {
    const [, name] = /^(.+_seconds)_sum$/.exec(metricName) ?? [];
    if (name) sums[name] = (sums[name] ?? 0) + value;
  }
  return sums;
}

const nameOf = (metric: unknown): string | undefined => (metric as { name?: string }).name;

function valuesOf(metric: unknown): MetricValue[] {
  const { values } = metric as { values?: MetricValue[] };
  return Array.isArray(values) ? values : [];
}
