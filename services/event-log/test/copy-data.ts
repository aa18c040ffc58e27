import { EVENT_DOMAIN } from '#libs/kernel';
import { POSTGRES_EPOCH_MS } from '../src/adapters/postgres/array-encoding';
import type { StoredRow } from '../src/core/verify.core';

const COLUMNS = 7;

export const int16 = (value: number): Buffer => {
  const bytes = Buffer.alloc(2);
  bytes.writeInt16BE(value);
  return bytes;
};

const int64 = (value: number): Buffer => {
  const bytes = Buffer.alloc(8);
  bytes.writeBigInt64BE(BigInt(value));
  return bytes;
};

/** A column with its length before it; null for NULL. */
export function column(value: Buffer | null): Buffer {
  const length = Buffer.alloc(4);
  length.writeInt32BE(value?.length ?? -1);
  return Buffer.concat(value ? [length, value] : [length]);
}

const text = (value: string) => column(Buffer.from(value));
const hex = (value: string | null) => column(value === null ? null : Buffer.from(value, 'hex'));

const rowData = ({ position, id, kind, atMs, prevHash, hash, body }: StoredRow): Buffer =>
  Buffer.concat([
    ...[int16(COLUMNS), column(int64(position)), hex(id.replaceAll('-', '')), text(kind)],
    column(int64((atMs - POSTGRES_EPOCH_MS) * 1_000)),
    ...[hex(prevHash), hex(hash), text(EVENT_DOMAIN + body)],
  ]);

export const COPY_HEADER = Buffer.concat([Buffer.from('PGCOPY\n\xff\r\n\0', 'latin1'), Buffer.alloc(8)]);

/** What PostgreSQL sends for these rows. */
export const copyData = (rows: readonly StoredRow[]): Buffer =>
  Buffer.concat([COPY_HEADER, ...rows.map(rowData), int16(-1)]);
