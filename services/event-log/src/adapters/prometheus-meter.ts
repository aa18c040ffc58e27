import type { ReadPurpose } from '#libs/contracts';
import type { Metrics } from '#libs/messaging';
import type { LogMeter } from '../app/log-meter.port';

const EVENTS = [1, 2, 4, 8, 16, 32, 64, 128, 256, 400, 1_000];

/** The counters of event-log on the process's registry. */
export class PrometheusMeter implements LogMeter {
  private readonly flushEvents;
  private readonly flushSeconds;
  private readonly asked;

  constructor(private readonly metrics: Metrics) {
    this.flushEvents = metrics.histogram('pmm_flush_events', 'Events in one commit', [], EVENTS);
    this.flushSeconds = metrics.histogram('pmm_flush_seconds', 'Time of one insert and its commit', []);
    this.asked = metrics.counter(
      'pmm_append_conflicts_total',
      'Appends whose first insert failed, or that had to be asked about, by cause',
      ['cause'],
    );
  }

  read(purpose: ReadPurpose, source: 'memory' | 'postgres'): void {
    this.metrics.logReads.inc({ purpose, source });
  }

  appended(result: string): void {
    this.metrics.appends.inc({ result });
  }

  committed(events: number, seconds: number): void {
    this.metrics.commits.inc();
    this.metrics.appendedEvents.inc(events);
    this.flushEvents.observe(events);
    this.flushSeconds.observe(seconds);
  }

  judged(cause: string): void {
    this.asked.inc({ cause });
  }
}

/** What memory holds, looked at when somebody asks. */
export function gaugeMemory(
  metrics: Metrics,
  held: () => { tail: number; unbroadcast: number; pending: number },
): void {
  const gauge = metrics.gauge('pmm_tail_bytes', 'Bytes of events in memory', ['part']);
  const waiting = metrics.gauge('pmm_unbroadcast_minds', 'Minds with events that no batch has shown yet', []);
  setInterval(() => {
    const { tail, unbroadcast, pending } = held();
    gauge.set({ part: 'all' }, tail);
    gauge.set({ part: 'unbroadcast' }, unbroadcast);
    waiting.set(pending);
  }, 1_000).unref();
}
