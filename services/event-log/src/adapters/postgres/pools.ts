import { Pool, type ClientBase, type PoolClient, type PoolConfig } from 'pg';
import { APP_ROLE } from './role';
import { breaksConnection, toAppError } from './postgres-faults';

/** What every connection of a pool is told before it is first used. */
const SESSIONS = {
  appends: ['lock_timeout = 1000', 'synchronous_commit = on', 'statement_timeout = 10000'],
  reads: ['statement_timeout = 15000', 'default_transaction_read_only = off'],
  imports: [
    'lock_timeout = 1000',
    'synchronous_commit = on',
    'statement_timeout = 30000',
    // Should this process be paused for good, the database itself ends an import that nobody continues.
    'idle_in_transaction_session_timeout = 60000',
  ],
} as const;

export type PoolKind = keyof typeof SESSIONS;

/** Settings of a pool whose connections all have the role that can only read and add. */
export const poolConfig = (kind: PoolKind, max: number): PoolConfig => ({
  max,
  application_name: `pmm-event-log-${kind}`,
  connectionTimeoutMillis: 5_000,
  // Longer than the server's own limits: only a server that hangs gets there.
  query_timeout: 45_000,
  idleTimeoutMillis: 60_000,
  keepAlive: true,
  // eslint-disable-next-line @typescript-eslint/no-misused-promises -- pg awaits it and its types don't say so
  onConnect: (client: ClientBase) => prepareSession(client, kind),
});

const prepareSession = async (client: ClientBase, kind: PoolKind): Promise<void> => {
  await client.query(
    [`SET ROLE ${APP_ROLE}`, ...SESSIONS[kind].map((setting) => `SET ${setting}`)].join('; '),
  );
};

export function openPool(
  url: string,
  kind: PoolKind,
  max: number,
  onIdleError: (error: Error) => void,
): Pool {
  const pool = new Pool({ connectionString: url, ...poolConfig(kind, max) });
  pool.on('error', onIdleError);
  return pool;
}

/** Runs work on one connection, which goes back to the pool unless an error broke it. */
export async function withConnection<T>(pool: Pool, work: (client: PoolClient) => Promise<T>): Promise<T> {
  const client = await pool.connect();
  let broken = false;
  // The statement under way fails too and tells why; without a listener the event would end the process.
  const onError = () => void (broken = true);
  client.on('error', onError);
  try {
    return await work(client);
  } catch (error) {
    broken ||= breaksConnection(error);
    throw error;
  } finally {
    client.off('error', onError);
    client.release(broken);
  }
}

/** Rows of one prepared statement. @throws AppError `unavailable` or `busy`; other errors as they are. */
export async function queryRows<R extends object>(
  pool: Pool,
  statement: { name: string; text: string },
  values: readonly unknown[],
): Promise<R[]> {
  try {
    const result = await withConnection(pool, (client) =>
      client.query<R>({ ...statement, values: [...values] }),
    );
    return result.rows;
  } catch (error) {
    throw toAppError(error);
  }
}
