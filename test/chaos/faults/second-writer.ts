import { createHash } from 'node:crypto';
import type { ClientBase } from 'pg';
import { canonical } from '../checker/canonical';

/** A row as a writer with direct access to the database makes it; its chain is valid. */
export interface ForgedRow {
  mind: string;
  position: number;
  id: string;
  at: string;
  prevHash: string | null;
  hash: string;
  body: string;
}

export type LastRow = Pick<ForgedRow, 'mind' | 'position' | 'id' | 'at' | 'prevHash' | 'hash'>;

export async function lastRow(client: ClientBase, mind: string): Promise<LastRow | undefined> {
  const { rows } = await client.query<LastRow>(
    `SELECT mind, position::int AS position, id::text, body::jsonb ->> 'at' AS at,
       encode(prev_hash, 'hex') AS "prevHash", encode(hash, 'hex') AS hash
     FROM events WHERE mind = $1 ORDER BY position DESC LIMIT 1`,
    [mind],
  );
  return rows[0];
}

/** The event that follows `last`, hashed as the format says. */
export function chainRow(last: LastRow, id: string, content: string): ForgedRow {
  const { mind, at, hash: prevHash } = last;
  const position = last.position + 1;
  const event = { mind, position, id, kind: 'x.forged', version: 1, at, content, meta: {}, prevHash };
  const body = canonical(event);
  const hash = createHash('sha256').update(`pmm.event.v1\n${body}`).digest('hex');
  return { mind, position, id, at, prevHash, hash, body };
}

/** Inserts it as the owner of the database, past every service. Answers `stored`, or the name of what refused it. */
export async function insertRow(client: ClientBase, row: ForgedRow): Promise<string> {
  try {
    await client.query(
      `INSERT INTO events (mind, position, id, kind, at, prev_hash, hash, body)
       VALUES ($1, $2, $3, 'x.forged', $4, decode($5, 'hex'), decode($6, 'hex'), $7)`,
      [row.mind, row.position, row.id, row.at, row.prevHash, row.hash, row.body],
    );
    return 'stored';
  } catch (error) {
    const { code, constraint } = error as { code?: string; constraint?: string };
    if (code !== '23505') throw error;
    return `refused by ${constraint}`;
  }
}
