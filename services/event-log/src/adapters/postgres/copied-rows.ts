import type { StoredRow } from '../../core/verify.core';
import { POSTGRES_EPOCH_MS } from './array-encoding';

/** What `COPY … (FORMAT binary)` begins with (PostgreSQL, COPY, file formats), and the lengths that follow it. */
const SIGNATURE = Buffer.from('PGCOPY\n\xff\r\n\0', 'latin1');
const HEADER_BYTES = SIGNATURE.length + 8;
const END = -1;

/** The columns that {@link CopiedRows} expects, in order. */
export const COPIED_COLUMNS = `mind, position, id::text, kind, at, encode(prev_hash, 'hex'), encode(hash, 'hex'), body`;
const COLUMNS = 8;

/** Reads rows of events out of binary COPY data that arrives in arbitrary pieces. */
export class CopiedRows {
  private rest: Buffer = Buffer.alloc(0);
  private begun = false;
  private ended = false;

  /** The rows that are complete now. @throws Error when the data is not what was asked for. */
  push(piece: Buffer): StoredRow[] {
    const data = this.rest.length === 0 ? piece : Buffer.concat([this.rest, piece]);
    const rows: StoredRow[] = [];
    let at = this.begun ? 0 : this.begin(data);
    if (this.begun) at = this.readRows(data, at, rows);
    this.rest = data.subarray(at);
    return rows;
  }

  /** @throws Error when the data was cut. */
  end(): void {
    if (!this.ended) throw new Error('the copied rows have no end');
  }

  /** Answers where the first row begins that is not complete. */
  private readRows(data: Buffer, start: number, into: StoredRow[]): number {
    let at = start;
    for (let end = rowEnd(data, at); end !== null; end = rowEnd(data, at)) {
      this.ended = end === END;
      if (this.ended) break;
      into.push(readRow(data, at));
      at = end;
    }
    return at;
  }

  private begin(data: Buffer): number {
    if (data.length < HEADER_BYTES) return 0;
    if (!data.subarray(0, SIGNATURE.length).equals(SIGNATURE)) throw new Error('this is no binary copy');
    this.begun = true;
    return HEADER_BYTES + data.readInt32BE(HEADER_BYTES - 4);
  }
}

/** Where the row that begins at `at` ends; null while it is not complete, END for the mark after the last row. */
function rowEnd(data: Buffer, at: number): number | null {
  if (at + 2 > data.length) return null;
  const columns = data.readInt16BE(at);
  if (columns === END) return END;
  if (columns !== COLUMNS) throw new Error(`a copied row has ${columns} columns`);
  let next = at + 2;
  for (let column = 0; column < COLUMNS; column++) {
    if (next + 4 > data.length) return null;
    next += 4 + Math.max(0, data.readInt32BE(next));
  }
  return next <= data.length ? next : null;
}

function readRow(data: Buffer, start: number): StoredRow {
  let at = start + 2;
  const field = <T>(read: (from: number, to: number) => T): T => {
    const from = at + 4;
    at = from + Math.max(0, data.readInt32BE(at));
    return read(from, at);
  };
  const ascii = (from: number, to: number) => data.toString('latin1', from, to);
  return {
    mind: field(ascii),
    position: field((from) => int64(data, from)),
    id: field(ascii),
    kind: field((from, to) => data.toString('utf8', from, to)),
    atMs: field((from) => int64(data, from)) / 1_000 + POSTGRES_EPOCH_MS,
    prevHash: field(ascii) || null,
    hash: field(ascii),
    body: field((from, to) => data.toString('utf8', from, to)),
  };
}

/** Exact up to 2^53: positions, and microseconds until the year 2255. */
const int64 = (data: Buffer, at: number): number =>
  data.readInt32BE(at) * 2 ** 32 + data.readUInt32BE(at + 4);
