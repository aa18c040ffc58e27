import { connect } from 'node:net';
import { z } from 'zod';
import { pause } from './waiting';

/** What a NATS server says of itself when a connection opens. */
const greetingSchema = z.object({
  server_name: z.string(),
  version: z.string(),
  max_payload: z.number(),
  jetstream: z.boolean().optional(),
});
export type Greeting = z.infer<typeof greetingSchema>;

const answerWithinMs = 2_000;
/** INFO is one line; a server's is far shorter. */
const longestLine = 64 * 1024;

/** The greeting of the server at this port; undefined when nobody speaks NATS there. */
export function greetingAt(host: string, port: number): Promise<Greeting | undefined> {
  return new Promise((resolve) => {
    const socket = connect({ host, port, timeout: answerWithinMs });
    let text = '';
    const end = (greeting?: Greeting) => {
      socket.destroy();
      resolve(greeting);
    };
    socket.on('data', (chunk: Buffer) => {
      text += chunk.toString();
      if (text.includes('\n') || text.length > longestLine) end(parseGreeting(text));
    });
    socket.once('timeout', () => end());
    socket.once('error', () => end());
    socket.once('close', () => end());
  });
}

export function parseGreeting(text: string): Greeting | undefined {
  const json = /^INFO (\{.*\})\s*\r?\n/.exec(text)?.[1];
  if (json === undefined) return undefined;
  try {
    return greetingSchema.safeParse(JSON.parse(json)).data;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/**
 * Resolves with the greeting once the server of this name answers with JetStream turned on; a stranger on the
 * same port does not count. Undefined when the signal fired first.
 */
export async function becomesNats(
  port: number,
  name: string,
  signal: AbortSignal,
): Promise<Greeting | undefined> {
  while (!signal.aborted) {
    const greeting = await greetingAt('127.0.0.1', port);
    if (greeting?.server_name === name && greeting.jetstream === true) return greeting;
    await pause(25);
  }
  return undefined;
}
