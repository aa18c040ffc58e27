import type { ServiceReport, SystemReply } from '#libs/client';

/** What one service did between two looks at the system. */
export interface ServiceCost {
  /** Reads of the log that it asked for. */
  readsAsked: number;
  /** Reads that event-log answered. */
  readsFromMemory: number;
  readsFromPostgres: number;
  /** Batches that it published (the coordinator) or received. */
  batches: number;
  folded: number;
  /** Appends that it asked for; for event-log those that it answered. */
  appends: number;
  /** Payloads of batches, and of the requests that it answered with their replies. */
  bytes: number;
  foldMs: number;
  decideMs: number;
  /** Until event-log answered its appends and reads. Waiting for several at a time counts for each. */
  waitMs: number;
  /** From the arrival of requests to their replies, with all that they waited for. */
  requestMs: number;
}

/** The cost of every service. One that was started in between counts from its start. */
export function profileDifference(before: SystemReply, after: SystemReply): Record<string, ServiceCost> {
  const costs = Object.entries(after.services).map(([service, now]) => [
    service,
    costOf(before.services[service], now),
  ]);
  return Object.fromEntries(costs) as Record<string, ServiceCost>;
}

function costOf(before: ServiceReport | undefined, now: ServiceReport): ServiceCost {
  const grown = (name: string, label = '') =>
    sum(now.counters, name, label) - sum(before?.counters ?? {}, name, label);
  const ms = (...names: string[]) =>
    names.reduce((all, name) => all + 1000 * ((now.seconds[name] ?? 0) - (before?.seconds[name] ?? 0)), 0);
  return {
    readsAsked: grown('pmm_log_reads_asked_total'),
    readsFromMemory: grown('pmm_log_reads_total', 'source="memory"'),
    readsFromPostgres: grown('pmm_log_reads_total', 'source="postgres"'),
    batches: grown('pmm_broadcasts_total') + grown('pmm_batches_total'),
    folded: grown('pmm_events_folded_total'),
    appends: grown('pmm_appends_asked_total') + grown('pmm_appends_total'),
    bytes: grown('pmm_bytes_total'),
    foldMs: micros(ms('pmm_fold_seconds') - ms('pmm_decide_seconds')),
    decideMs: micros(ms('pmm_decide_seconds')),
    waitMs: micros(ms('pmm_append_seconds', 'pmm_log_read_seconds')),
    requestMs: micros(ms('pmm_request_seconds')),
  };
}

const micros = (ms: number): number => Number(ms.toFixed(3));

/** The sum over all labels of a counter, or over those samples that have one label. */
function sum(counters: Readonly<Record<string, number>>, name: string, label: string): number {
  const wanted = (key: string) => (key === name || key.startsWith(`${name}{`)) && key.includes(label);
  return Object.entries(counters).reduce((all, [key, value]) => (wanted(key) ? all + value : all), 0);
}
