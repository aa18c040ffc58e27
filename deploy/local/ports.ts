import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import { randomInt } from 'node:crypto';
import { codeOf } from './small-files';
import { StartError } from './start-error';

/** Below the ranges from which systems give ports to outgoing connections, so that a remembered port stays free. */
const firstPort = 20_000;
const endPort = 30_000;
const tries = 50;

/** True when nothing listens on this port of this host. Throws StartError when we can't listen there at all. */
export async function isFree(host: string, port: number): Promise<boolean> {
  const server = createServer();
  const listening = once(server, 'listening');
  server.listen(port, host);
  try {
    await listening;
  } catch (error) {
    if (codeOf(error) === 'EADDRINUSE') return false;
    const reason = error instanceof Error ? error.message : String(error);
    throw new StartError(
      `Nothing can listen on port ${port} of ${host} (${reason}): choose another address.`,
    );
  }
  server.close();
  await once(server, 'close');
  return true;
}

/** A port of the loopback address on which nothing listens now. Throws StartError when none is found. */
export async function freePort(): Promise<number> {
  for (let i = 0; i < tries; i += 1) {
    const port = randomInt(firstPort, endPort);
    if (await isFree('127.0.0.1', port)) return port;
  }
  throw new StartError('No free port was found on 127.0.0.1: end some of the programs that listen there.');
}

/** True when something accepts a TCP connection there within `timeoutMs`. */
export function answers(host: string, port: number, timeoutMs: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port, timeout: timeoutMs });
    const end = (answer: boolean) => {
      socket.destroy();
      resolve(answer);
    };
    socket.once('connect', () => end(true));
    socket.once('timeout', () => end(false));
    socket.once('error', () => end(false));
  });
}
