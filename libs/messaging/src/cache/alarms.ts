import { subjects, type ServiceName } from '#libs/contracts';
import type { Link, Log } from '../link';
import type { Metrics } from '../metrics';

type Send = (code: string, details: Record<string, unknown>) => void;

/** Publishes alarms of a service where operators listen, for as long as there is a connection. */
export const toAlarms =
  (service: ServiceName, link: Pick<Link, 'state' | 'publish'>): Send =>
  (code, details) => {
    if (link.state !== 'closed') link.publish(subjects.alarm(service), { code, ...details });
  };

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
