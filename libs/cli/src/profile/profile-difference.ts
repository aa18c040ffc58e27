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
  appends: number;
  /** Folding and deciding; for a service that does not fold: handling requests. */
  milliseconds: number;
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
  const seconds = (name: string) => (now.seconds[name] ?? 0) - (before?.seconds[name] ?? 0);
  const folds = 'pmm_fold_seconds' in now.seconds && grown('pmm_events_folded_total') > 0;
  return {
    readsAsked: grown('pmm_log_reads_asked_total'),
    readsFromMemory: grown('pmm_log_reads_total', 'source="memory"'),
    readsFromPostgres: grown('pmm_log_reads_total', 'source="postgres"'),
    batches: grown('pmm_broadcasts_total') + grown('pmm_batches_total'),
    folded: grown('pmm_events_folded_total'),
    appends: grown('pmm_appends_total'),
    milliseconds: Number((1000 * seconds(folds ? 'pmm_fold_seconds' : 'pmm_request_seconds')).toFixed(3)),
  };
}

/** The sum over all labels of a counter, or over those samples that have one label. */
function sum(counters: Readonly<Record<string, number>>, name: string, label: string): number {
  const wanted = (key: string) => (key === name || key.startsWith(`${name}{`)) && key.includes(label);
  return Object.entries(counters).reduce((all, [key, value]) => (wanted(key) ? all + value : all), 0);
}
