import { Client } from 'pg';

/** A row of the log as the database has it, and the event in its text. */
export interface LogRow {
  mind: string;
  position: number;
  id: string;
  kind: string;
  prevHash: string | null;
  hash: string;
  body: string;
  event: {
    mind: string;
    position: number;
    id: string;
    kind: string;
    at: string;
    content: string;
    meta: Record<string, unknown>;
    prevHash: string | null;
  };
}

export type Logs = ReadonlyMap<string, readonly LogRow[]>;

/** Every row of these minds, in order of position, straight from the database. */
export async function readLogs(url: string, minds: readonly string[]): Promise<Logs> {
  const logs = new Map<string, LogRow[]>(minds.map((mind) => [mind, []]));
  const rows = await rowsOf<Omit<LogRow, 'event'>>(
    url,
    `SELECT mind, position::int AS position, id::text, kind, body,
       encode(prev_hash, 'hex') AS "prevHash", encode(hash, 'hex') AS hash
     FROM events WHERE mind = ANY($1) ORDER BY mind, position, id`,
    minds,
  );
  for (const row of rows)
    logs.get(row.mind)?.push({ ...row, event: JSON.parse(row.body) as LogRow['event'] });
  return logs;
}

/** Up to which position each of these minds was imported, straight from the database. */
export async function readImportedTo(url: string, minds: readonly string[]): Promise<Map<string, number>> {
  const select = 'SELECT id, imported_to::int AS "to" FROM minds WHERE id = ANY($1)';
  const rows = await rowsOf<{ id: string; to: number }>(url, select, minds);
  return new Map(rows.map(({ id, to }) => [id, to]));
}

async function rowsOf<R extends object>(url: string, select: string, minds: readonly string[]): Promise<R[]> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<R>(select, [minds])).rows;
  } finally {
    await client.end();
  }
}

export const rowAt = (rows: readonly LogRow[], position: unknown): LogRow | undefined =>
  rows.find((row) => row.position === position);
