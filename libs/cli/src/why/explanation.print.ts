import { eventLine } from '../print/event.print';
import type { Explanation } from './explain';

/** Why an event is in the log, for people. */
export function explanationLines({ event, service, rule, causes }: Explanation): string[] {
  return [
    eventLine(event),
    `  at       ${event.at}`,
    `  by       ${service}: ${rule}`,
    ...causes.map(({ role, event: cause }) => `  because  ${eventLine(cause)}  [${role}]`),
  ];
}
