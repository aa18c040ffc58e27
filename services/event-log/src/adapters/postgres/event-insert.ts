import type { ChainedEvent } from '../../core/chain.core';
import { binaryArrays } from './array-encoding';

/** Rows must be given in order of (mind, position), so that two writers can't deadlock on the unique indexes. */
export const insertStatement = {
  name: 'insert',
  text: `INSERT INTO events (mind, position, id, kind, at, prev_hash, hash, body)
    SELECT * FROM unnest($1::text[], $2::int8[], $3::uuid[], $4::text[], $5::timestamptz[], $6::bytea[], $7::bytea[],
      $8::text[])`,
};

/**
 * The same, but it inserts nothing when one of the minds had been archived, by whoever it was, before the statement began. Costs one
 * look into an index that holds archived minds only.
 */
export const appendStatement = {
  name: 'append',
  text: `${insertStatement.text}
    WHERE NOT EXISTS (SELECT FROM minds WHERE id = ANY ($1::text[]) AND archived_at IS NOT NULL)`,
};

/** The columns of events, one array each. */
export const insertValues = (events: readonly ChainedEvent[]): Buffer[] => [
  binaryArrays.text(events.map(({ mind }) => mind)),
  binaryArrays.int8(events.map(({ position }) => position)),
  binaryArrays.uuid(events.map(({ id }) => id)),
  binaryArrays.text(events.map(({ kind }) => kind)),
  binaryArrays.timestamptz(events.map(({ atMs }) => atMs)),
  binaryArrays.bytea(events.map(({ prevHash }) => prevHash)),
  binaryArrays.bytea(events.map(({ hash }) => hash)),
  binaryArrays.text(events.map(({ body }) => body)),
];
