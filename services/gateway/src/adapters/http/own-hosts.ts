import { isIP } from 'node:net';

/**
 * The listening address as a value of `Host`, where it is one: no page of another site can have it, as it is no name. Whoever
 * listens on all addresses names none.
 */
export function hostsOf(address: string): string[] {
  if (isIP(address) === 0 || /^[0:.]+$/.test(address)) return [];
  return [isIP(address) === 6 ? `[${address.toLowerCase()}]` : address];
}
