import { Client, DatabaseError } from 'pg';
import { pause } from './waiting';

/** The one database of the system; the only client of it is the service event-log. */
export const databaseName = 'pmm';

/** Makes the database when it is missing and answers the server's version, such as `17.9`. */
export async function openDatabase(url: string): Promise<string> {
  return withClient(withDatabase(url, 'postgres'), async (client) => {
    const found = await client.query('SELECT 1 FROM pg_database WHERE datname = $1', [databaseName]);
    if (found.rowCount === 0) await client.query(`CREATE DATABASE ${databaseName}`);
    const { rows } = await client.query<{ server_version: string }>('SHOW server_version');
    return rows[0]?.server_version ?? 'unknown';
  });
}

/** The same server's other database. */
export function withDatabase(url: string, database: string): string {
  const other = new URL(url);
  other.pathname = `/${database}`;
  return other.href;
}

/** Connects, works, and always closes the connection. */
export async function withClient<T>(url: string, work: (client: Client) => Promise<T>): Promise<T> {
  const client = new Client({ connectionString: url, connectionTimeoutMillis: 5_000 });
  // Without a listener the loss of an idle connection would end our process; the query in flight reports it.
  client.on('error', () => undefined);
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

/** Resolves when the server answers a query, or when the signal fires. Throws when it refuses the role or password. */
export async function becomesReachable(url: string, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    try {
      await withClient(url, (client) => client.query('SELECT 1'));
      return;
    } catch (error) {
      if (isRefusal(error)) throw error;
    }
    await pause(40);
  }
}

/** Class 28 of SQLSTATE, invalid authorization. Anything else may pass: nobody listens yet, or it still recovers. */
function isRefusal(error: unknown): boolean {
  return error instanceof DatabaseError && error.code?.startsWith('28') === true;
}
