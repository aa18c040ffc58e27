import type { Log } from '../link';
import type { Metrics } from '../metrics';

type Send = (code: string, details: Record<string, unknown>) => void;

/** What should not happen: counted, logged and published. */
export class Alarms {
  constructor(
    private readonly metrics: Metrics,
    private readonly logger: Log,
    private readonly send: Send,
  ) {}

  raise(code: string, details: Record<string, unknown>): void {
    this.metrics.alarms.inc({ code });
    this.logger.error(`alarm ${code}: ${JSON.stringify(details)}`);
    this.send(code, details);
  }
}
