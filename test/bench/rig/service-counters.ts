import type { ServiceStats } from '#libs/contracts';
import type { Bucket } from '../runner/statistics';

interface Sample {
  metricName?: string;
  labels: { le?: string | number };
  value: number;
}

/** The counters and histograms of all services at one moment. */
export class ServiceCounters {
  constructor(private readonly stats: Record<string, ServiceStats>) {}

  /** How much a counter of a service has grown, over all its labels or those that hold `label`. */
  since(before: ServiceCounters, service: string, name: string, label = ''): number {
    return this.sum(service, name, label) - before.sum(service, name, label);
  }

  /** The same over all services. */
  sinceAll(before: ServiceCounters, name: string, wanted: (key: string) => boolean = () => true): number {
    const sum = ({ stats }: ServiceCounters) =>
      Object.values(stats)
        .flatMap(({ counters }) => Object.entries(counters))
        .filter(([key]) => isOf(key, name) && wanted(key))
        .reduce((all, [, value]) => all + value, 0);
    return sum(this) - sum(before);
  }

  /** What a histogram of a service has counted since. */
  buckets(before: ServiceCounters, service: string, name: string): Bucket[] {
    const earlier = before.bucketsOf(service, name);
    return [...this.bucketsOf(service, name)].map(([le, count]) => ({
      le,
      count: count - (earlier.get(le) ?? 0),
    }));
  }

  private bucketsOf(service: string, name: string): Map<number, number> {
    const buckets = new Map<number, number>();
    const metrics = (this.stats[service]?.metrics ?? []) as { name: string; values: Sample[] }[];
    for (const { metricName, labels, value } of metrics.find((one) => one.name === name)?.values ?? []) {
      if (metricName !== `${name}_bucket`) continue;
      const le = labels.le === '+Inf' ? Infinity : Number(labels.le);
      buckets.set(le, (buckets.get(le) ?? 0) + value);
    }
    return buckets;
  }

  private sum(service: string, name: string, label: string): number {
    return Object.entries(this.stats[service]?.counters ?? {})
      .filter(([key]) => isOf(key, name) && key.includes(label))
      .reduce((all, [, value]) => all + value, 0);
  }
}

const isOf = (key: string, name: string): boolean => key === name || key.startsWith(`${name}{`);
