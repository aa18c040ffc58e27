import type { Basis, JsonValue } from '#libs/contracts';
import { eventLine } from '../print/event.print';
import type { Explanation } from './explain';

/** Why an event is in the log, for people. */
export function explanationLines({ event, service, rule, causes, basis }: Explanation): string[] {
  return [
    eventLine(event),
    `  at       ${event.at}`,
    `  by       ${service}: ${rule}`,
    ...causes.map(({ role, event: cause }) => `  because  ${eventLine(cause)}  [${role}]`),
    ...(basis ? basisLines(basis) : []),
  ];
}

/** The state after the cause, one line a number, one line an item of a list. */
function basisLines({ rule, seen, cause, numbers }: Basis): string[] {
  const place = `#${cause.position} ${cause.kind}`;
  return [
    seen === 'log'
      ? `  saw      ${place}`
      : `  saw      the state after ${place}${rule ? `; ${rule} decides the same on it` : ''}`,
    ...Object.entries(numbers).flatMap(([name, value]) => valueLines(name, value)),
  ];
}

function valueLines(name: string, value: JsonValue): string[] {
  const items = Array.isArray(value) && value.some((item) => typeof item === 'object') ? value : null;
  return (items ?? [value]).map((item) => `    ${name}  ${plainText(item)}`);
}

function plainText(value: JsonValue): string {
  if (typeof value === 'number') return String(Number(value.toFixed(6)));
  if (Array.isArray(value)) return value.map(plainText).join(' ');
  if (typeof value !== 'object' || value === null) return String(value);
  return Object.entries(value)
    .map(([key, item]) => (key === 'position' ? `#${String(item)}` : `${key} ${plainText(item)}`))
    .join(', ');
}
