/** Which `Host` and `Origin` headers are ours. A page of another site must not reach a local gateway by a name of its own. */

const LOOPBACK = ['localhost', '127.0.0.1', '[::1]'];
const HOST = /^(\[[0-9a-f:.]+\]|[a-z0-9._-]+)(?::(\d{1,5}))?$/;

interface Address {
  host: string;
  port?: number;
}

function parseHost(header: string): Address | null {
  const [, host, port] = HOST.exec(header.trim().toLowerCase()) ?? [];
  if (!host) return null;
  return port ? { host, port: Number(port) } : { host };
}

/**
 * @param header The `Host` header, or the part of `Origin` after its scheme.
 * @param allowed Names that the operator allows, each with or without a port; without one, every port counts.
 * @param port Ours, with which the loopback names are always allowed.
 * @param own The address that we listen on, with the same port.
 */
export function isOurHost(
  header: string | undefined,
  allowed: readonly string[],
  port: number,
  own: readonly string[] = [],
): boolean {
  const given = header === undefined ? null : parseHost(header);
  if (!given) return false;
  const isOwn = LOOPBACK.includes(given.host) || own.includes(given.host);
  if (isOwn && (given.port ?? 80) === port) return true;
  return allowed.some((entry) => {
    const ours = parseHost(entry);
    return ours?.host === given.host && (ours.port === undefined || ours.port === given.port);
  });
}

/** A browser names the page that asks; a program sends no `Origin`. */
export function isOurOrigin(
  header: string | undefined,
  allowed: readonly string[],
  port: number,
  own: readonly string[] = [],
): boolean {
  if (header === undefined) return true;
  const [, host] = /^https?:\/\/(.+)$/i.exec(header) ?? [];
  return isOurHost(host, allowed, port, own);
}

/** Whether a listening address can be reached from this machine only. */
export const isLoopback = (host: string): boolean =>
  host === 'localhost' || host === '::1' || /^127(\.\d{1,3}){3}$/.test(host);
