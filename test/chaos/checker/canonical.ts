import { createHash } from 'node:crypto';

/**
 * Canonical JSON (RFC 8785) and the event's hash, written a second time: this folder uses nothing of the code that
 * it checks. Keys are sorted by UTF-16 code unit, which is what `sort` does; numbers and strings are ECMAScript's own.
 */
export function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (typeof value === 'object' && value !== null) {
    const members = Object.entries(value)
      .filter(([, member]) => member !== undefined)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, member]) => `${JSON.stringify(key)}:${canonical(member)}`);
    return `{${members.join(',')}}`;
  }
  return JSON.stringify(value);
}

export const hashOf = (event: unknown): string =>
  createHash('sha256')
    .update(`pmm.event.v1\n${canonical(event)}`)
    .digest('hex');
