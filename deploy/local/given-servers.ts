import { greetingAt } from './nats-greeting';
import { withClient } from './postgres-client';
import { StartError } from './start-error';

const natsPort = 4222;

/** The version of the NATS server that a person named. Throws StartError when it does not answer. */
export async function checkGivenNats(url: string): Promise<string> {
  const { hostname, port } = new URL(url);
  const host = hostname.replace(/^\[|\]$/g, '');
  const greeting = await greetingAt(host, port === '' ? natsPort : Number(port));
  if (greeting) return greeting.version;
  throw new StartError('No NATS server answers at PMM_NATS_URL: start it, correct the URL, or unset it.');
}

/** The version of the PostgreSQL server that a person named. Throws StartError when it does not let us in. */
export async function checkGivenPostgres(url: string): Promise<string> {
  try {
    return await withClient(url, async (client) => {
      const { rows } = await client.query<{ server_version: string }>('SHOW server_version');
      return rows[0]?.server_version ?? 'unknown';
    });
  } catch (cause) {
    const reason = cause instanceof Error && cause.message !== '' ? cause.message : 'no answer';
    throw new StartError(
      `PMM_POSTGRES_URL can't be used (${reason}): start the server, correct the URL, or unset it.`,
      { cause },
    );
  }
}
