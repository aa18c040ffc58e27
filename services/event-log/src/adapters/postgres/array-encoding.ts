/** OIDs of the element types, from PostgreSQL's `pg_type`. */
const OID = { bytea: 17, int8: 20, text: 25, timestamptz: 1184, uuid: 2950 } as const;
/** 2000-01-01, where PostgreSQL's timestamps begin, in milliseconds since 1970. */
export const POSTGRES_EPOCH_MS = Date.UTC(2000, 0, 1);
const HEADER_BYTES = 20;
const LENGTH_BYTES = 4;

/** Bytes of one element, and how it is written; null for NULL. */
interface Element<T> {
  oid: number;
  bytesOf(value: T): number;
  write(buffer: Buffer, value: T, at: number): void;
}

const int8: Element<number> = {
  oid: OID.int8,
  bytesOf: () => 8,
  write: (buffer, value, at) => writeInt64(buffer, value, at),
};

const timestamptz: Element<number> = {
  oid: OID.timestamptz,
  bytesOf: () => 8,
  write: (buffer, ms, at) => writeInt64(buffer, (ms - POSTGRES_EPOCH_MS) * 1000, at),
};

const text: Element<string> = {
  oid: OID.text,
  bytesOf: (value) => Buffer.byteLength(value),
  write: (buffer, value, at) => void buffer.write(value, at),
};

const uuid: Element<string> = {
  oid: OID.uuid,
  bytesOf: () => 16,
  write: (buffer, value, at) => void buffer.write(value.replaceAll('-', ''), at, 'hex'),
};

const bytea: Element<string> = {
  oid: OID.bytea,
  bytesOf: (hex) => hex.length / 2,
  write: (buffer, hex, at) => void buffer.write(hex, at, 'hex'),
};

/**
 * One-dimensional arrays in PostgreSQL's binary format. `pg` sends a Buffer as a binary parameter; that spares both
 * sides the escaping of array literals (a fifth to half of the time of an insert).
 */
export const binaryArrays = {
  text: (values: readonly string[]): Buffer => encode(text, values),
  int8: (values: readonly number[]): Buffer => encode(int8, values),
  timestamptz: (valuesMs: readonly number[]): Buffer => encode(timestamptz, valuesMs),
  uuid: (values: readonly string[]): Buffer => encode(uuid, values),
  bytea: (hexValues: readonly (string | null)[]): Buffer => encode(bytea, hexValues),
};

/** Exact for whole numbers up to 2^53. */
function writeInt64(buffer: Buffer, value: number, at: number): void {
  buffer.writeInt32BE(Math.floor(value / 2 ** 32), at);
  buffer.writeUInt32BE(value >>> 0, at + 4);
}

/** Everything goes straight into the one buffer that is sent. */
function encode<T extends string | number>(
  { oid, bytesOf, write }: Element<T>,
  values: readonly (T | null)[],
): Buffer {
  const sizes = values.map((value) => (value === null ? -1 : bytesOf(value)));
  const bytes = sizes.reduce((sum, size) => sum + LENGTH_BYTES + Math.max(0, size), HEADER_BYTES);
  const buffer = Buffer.allocUnsafe(bytes);
  const hasNull = values.includes(null) ? 1 : 0;
  [1, hasNull, oid, values.length, 1].forEach((field, index) => buffer.writeInt32BE(field, index * 4));
  let at = HEADER_BYTES;
  for (const [index, value] of values.entries()) {
    const size = sizes[index] ?? -1;
    at = buffer.writeInt32BE(size, at);
    if (value === null) continue;
    write(buffer, value, at);
    at += size;
  }
  return buffer;
}
