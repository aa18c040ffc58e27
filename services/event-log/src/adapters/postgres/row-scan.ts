import type { Readable } from 'node:stream';
import { escapeLiteral, type Pool, type PoolClient } from 'pg';
import { to as copyTo } from 'pg-copy-streams';
import type { RowRange } from '../../app/prover.port';
import type { RowCursor } from '../../core/verify.core';
import { COPIED_COLUMNS, CopiedRows } from './copied-rows';
import { toAppError } from './postgres-faults';

/**
 * Rows of one mind by `COPY`, the fastest way out of PostgreSQL: no row is taken apart on the way, and the server reads on
 * while those before are looked at. COPY takes no parameters; the mind is the only text that is written into it.
 * @throws AppError `unavailable` or `busy`; what the database refuses, as it is.
 */
export async function* scanRows(pool: Pool, { mind, from, to }: RowRange): AsyncGenerator<RowCursor> {
  const client = await pool.connect().catch((error: unknown) => {
    throw toAppError(error);
  });
  // Who reads the copy is told why it fails; without listeners of their own the events would end the process, those of the copy also
  // after its last row, when nobody reads it any more.
  client.on('error', ignore);
  const copy = client.query(copyTo(statement(mind, from, to))).on('error', ignore);
  let isWhole = false;
  try {
    const copied = new CopiedRows(mind);
    for await (const piece of copy.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
      copied.push(piece);
      yield copied;
    }
    copied.end();
    isWhole = true;
  } catch (error) {
    throw toAppError(error);
  } finally {
    leave(client, copy, isWhole);
  }
}

const ignore = () => undefined;

/** A connection on which something is still to come, or that failed, is not used again. */
function leave(client: PoolClient, copy: Readable, isWhole: boolean): void {
  // `pg` ends the time limit of a query in its callback, which a copy does not call by itself.
  (copy as { callback?: () => void }).callback?.();
  if (isWhole) client.off('error', ignore);
  client.release(!isWhole);
}

const statement = (mind: string, from: number, to: number): string =>
  `COPY (SELECT ${COPIED_COLUMNS} FROM events WHERE mind = ${escapeLiteral(mind)}
    AND position BETWEEN ${from} AND ${to} ORDER BY position) TO STDOUT (FORMAT binary)`;
