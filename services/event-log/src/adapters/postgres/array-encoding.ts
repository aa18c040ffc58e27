/** OIDs of the element types, from PostgreSQL's `pg_type`. */
const OID = { bytea: 17, int8: 20, text: 25, timestamptz: 1184, uuid: 2950 } as const;
/** 2000-01-01, where PostgreSQL's timestamps begin, in milliseconds since 1970. */
const POSTGRES_EPOCH_MS = Date.UTC(2000, 0, 1);
const HEADER_BYTES = 20;

/**
 * One-dimensional arrays in PostgreSQL's binary format. `pg` sends a Buffer as a binary parameter; that spares both
 * sides the escaping of array literals (a fifth to half of the time of an insert).
 */
export const binaryArrays = {
  text: (values: readonly string[]): Buffer =>
    encode(
      OID.text,
      values.map((value) => Buffer.from(value)),
    ),
  int8: (values: readonly number[]): Buffer => encode(OID.int8, values.map(bigint)),
  timestamptz: (valuesMs: readonly number[]): Buffer =>
    encode(
      OID.timestamptz,
      valuesMs.map((ms) => bigint((ms - POSTGRES_EPOCH_MS) * 1000)),
    ),
  uuid: (values: readonly string[]): Buffer =>
    encode(
      OID.uuid,
      values.map((value) => Buffer.from(value.replaceAll('-', ''), 'hex')),
    ),
  bytea: (hexValues: readonly (string | null)[]): Buffer =>
    encode(
      OID.bytea,
      hexValues.map((hex) => (hex === null ? null : Buffer.from(hex, 'hex'))),
    ),
};

function bigint(value: number): Buffer {
  const buffer = Buffer.allocUnsafe(8);
  buffer.writeBigInt64BE(BigInt(value));
  return buffer;
}

function encode(oid: number, items: readonly (Buffer | null)[]): Buffer {
  const bytes = items.reduce((sum, item) => sum + 4 + (item?.length ?? 0), HEADER_BYTES);
  const buffer = Buffer.allocUnsafe(bytes);
  const hasNull = items.includes(null) ? 1 : 0;
  [1, hasNull, oid, items.length, 1].forEach((field, index) => buffer.writeInt32BE(field, index * 4));
  let at = HEADER_BYTES;
  for (const item of items) {
    at = buffer.writeInt32BE(item === null ? -1 : item.length, at);
    if (item !== null) at += item.copy(buffer, at);
  }
  return buffer;
}
