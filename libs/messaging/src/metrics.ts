import { Counter, Gauge, Histogram, Registry } from 'prom-client';

const SECONDS = [0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10];

/** The counters of one process, on the real path. Names begin with `pmm_`; durations are in seconds. */
export class Metrics {
  readonly registry = new Registry();
  readonly logReads = this.counter('pmm_log_reads_total', 'Reads answered by event-log', [
    'purpose',
    'source',
  ]);
  readonly logReadsAsked = this.counter(
    'pmm_log_reads_asked_total',
    'Reads of the log that this process asked for',
    ['purpose'],
  );
  readonly appendsAsked = this.counter(
    'pmm_appends_asked_total',
    'Appends that this process asked event-log for',
    [],
  );
  readonly appends = this.counter('pmm_appends_total', 'Appends answered by event-log', ['result']);
  readonly appendedEvents = this.counter('pmm_appended_events_total', 'Events committed', []);
  readonly commits = this.counter('pmm_commits_total', 'Commits of append groups', []);
  readonly broadcasts = this.counter('pmm_broadcasts_total', 'Batches published by the coordinator', []);
  readonly batches = this.counter('pmm_batches_total', 'Batches received, by what became of them', [
    'result',
  ]);
  readonly folded = this.counter('pmm_events_folded_total', 'Events folded', ['path']);
  readonly repairs = this.counter('pmm_repairs_total', 'Gaps read again', []);
  readonly rebuilds = this.counter('pmm_rebuilds_total', 'Caches thrown away and folded anew', []);
  readonly loads = this.counter('pmm_loads_total', 'Minds loaded into a cache', ['from']);
  readonly snapshots = this.counter('pmm_snapshots_total', 'Snapshots, by what became of them', ['result']);
  readonly toPrepare = this.gauge(
    'pmm_minds_to_prepare',
    'Minds that have snapshots of another fold version only and are being folded anew',
    [],
  );
  readonly prepared = this.counter(
    'pmm_minds_prepared_total',
    'Minds folded anew ahead of their first use, as only snapshots of another fold version were stored',
    ['result'],
  );
  readonly decisions = this.counter('pmm_decisions_total', 'Decisions of rules', ['rule', 'result']);
  readonly alarms = this.counter('pmm_alarms_total', 'Alarms raised', ['code']);
  readonly ticks = this.counter('pmm_ticks_total', 'Ticks appended', ['reason']);
  readonly requests = this.counter('pmm_requests_total', 'Requests handled', ['verb', 'result']);
  readonly bytes = this.counter('pmm_bytes_total', 'Bytes of payloads, by what they were', ['what']);
  readonly resident = this.gauge('pmm_resident_minds', 'Minds held in memory', []);
  readonly requestSeconds = this.histogram('pmm_request_seconds', 'Time from arrival to reply', ['verb']);
  readonly foldSeconds = this.histogram('pmm_fold_seconds', 'Time to fold and decide on one batch', []);
  readonly decideSeconds = this.histogram(
    'pmm_decide_seconds',
    'The part of pmm_fold_seconds in which rules decided on one event',
    [],
  );
  readonly appendSeconds = this.histogram(
    'pmm_append_seconds',
    'Time from asking event-log for an append to its answer',
    [],
  );
  readonly logReadSeconds = this.histogram(
    'pmm_log_read_seconds',
    'Time from asking event-log for events to its answer',
    ['purpose'],
  );
  readonly broadcastSeconds = this.histogram(
    'pmm_broadcast_seconds',
    'Time from the last event of a batch to its broadcast',
    [],
  );
  readonly lagSeconds = this.histogram(
    'pmm_batch_lag_seconds',
    'Time from the last event of a batch to its fold',
    [],
  );

  constructor(readonly labels: { service: string; instance: string }) {
    this.registry.setDefaultLabels(labels);
  }

  counter<L extends string>(name: string, help: string, labelNames: L[]): Counter<L> {
    return new Counter({ name, help, labelNames, registers: [this.registry] });
  }

  gauge<L extends string>(name: string, help: string, labelNames: L[]): Gauge<L> {
    return new Gauge({ name, help, labelNames, registers: [this.registry] });
  }

  /** @param buckets Upper bounds; in seconds when the name says so. */
  histogram<L extends string>(name: string, help: string, labelNames: L[], buckets = SECONDS): Histogram<L> {
    return new Histogram({ name, help, labelNames, buckets, registers: [this.registry] });
  }

  /** All counters and gauges as `name{label="value"}` → number, without the default labels. */
  async counters(): Promise<Record<string, number>> {
    const flat: Record<string, number> = {};
    for (const metric of await this.registry.getMetricsAsJSON()) {
      if (String(metric.type) === 'histogram') continue;
      for (const { labels, value } of metric.values) {
        const own = Object.entries(labels).filter(([key]) => !(key in this.labels));
        const suffix = own.length ? `{${own.map(([key, text]) => `${key}="${text}"`).join(',')}}` : '';
        flat[`${metric.name}${suffix}`] = value;
      }
    }
    return flat;
  }
}
