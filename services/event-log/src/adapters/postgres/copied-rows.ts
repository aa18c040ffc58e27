import { escapeLiteral } from 'pg';
import { EVENT_DOMAIN, uuidText } from '#libs/kernel';
import { ChainedBytes, DOMAIN_BYTES, type RowBytes } from '../../core/chained-bytes.core';
import type { RowCursor, StoredRow, VerifiedTo } from '../../core/verify.core';
import { POSTGRES_EPOCH_MS } from './array-encoding';

/** What `COPY … (FORMAT binary)` begins with (PostgreSQL, COPY, file formats), and the lengths that follow it. */
const SIGNATURE = Buffer.from('PGCOPY\n\xff\r\n\0', 'latin1');
const HEADER_BYTES = SIGNATURE.length + 8;
const END = -1;
const LENGTH_BYTES = 4;
const INT64_BYTES = 8;
const UUID_BYTES = 16;
const NOTHING: Buffer = Buffer.alloc(0);

/** The columns that {@link CopiedRows} expects, in order; the mind is known to who asks. The last is the text that is hashed. */
export const COPIED_COLUMNS = `position, id, kind, at, prev_hash, hash, ${escapeLiteral(EVENT_DOMAIN)} || body`;
const COLUMNS = 7;

/**
 * Reads rows of one mind's events out of binary COPY data that arrives in arbitrary pieces. One row is looked at at a time;
 * nothing of it is copied or decoded unless it is asked for.
 */
export class CopiedRows implements RowCursor {
  private data = NOTHING;
  /** Where the next row begins. */
  private at = 0;
  private begun = false;
  private ended = false;
  private readonly bytes: ChainedBytes;
  private readonly current = new CopiedRow();
  private isThere = false;

  constructor(private readonly mind: string) {
    this.bytes = new ChainedBytes(mind);
  }

  /** Takes the next piece. @throws Error when the data is not what was asked for. */
  push(piece: Buffer): void {
    const rest = this.data.subarray(this.at);
    this.data = rest.length === 0 ? piece : Buffer.concat([rest, piece]);
    this.at = 0;
    if (!this.begun) this.begin();
  }

  next(): boolean {
    this.isThere = this.begun && !this.ended && this.read();
    return this.isThere;
  }

  proved(previous: VerifiedTo): VerifiedTo | null {
    return this.bytes.proved(this.here(), previous);
  }

  row(): StoredRow {
    const { data, position, atMs, idAt, kindAt, kindEnd, hashedAt, bodyEnd } = this.here();
    const { prevHashAt, prevHashEnd, hashAt, hashEnd } = this.current;
    return {
      ...{
        mind: this.mind,
        position,
        id: uuidText(data.toString('hex', idAt, idAt + UUID_BYTES)),
        kind: data.toString('utf8', kindAt, kindEnd),
        atMs,
      },
      prevHash: prevHashAt < 0 ? null : data.toString('hex', prevHashAt, prevHashEnd),
      hash: data.toString('hex', hashAt, hashEnd),
      body: data.toString('utf8', hashedAt + DOMAIN_BYTES, bodyEnd),
    };
  }

  /** @throws Error when the data was cut. */
  end(): void {
    if (!this.ended) throw new Error('the copied rows have no end');
  }

  private here(): RowBytes {
    if (!this.isThere) throw new RangeError('there is no such row');
    return this.current;
  }

  private begin(): void {
    const { data } = this;
    if (data.length < HEADER_BYTES) return;
    if (!data.subarray(0, SIGNATURE.length).equals(SIGNATURE)) throw new Error('this is no binary copy');
    this.begun = true;
    this.at = HEADER_BYTES + data.readInt32BE(HEADER_BYTES - 4);
  }

  /** Reads the next row; false while it is not complete, and after the last one. */
  private read(): boolean {
    const { data, at } = this;
    if (at + 2 > data.length) return false;
    const columns = data.readInt16BE(at);
    this.ended = columns === END;
    if (this.ended) return false;
    if (columns !== COLUMNS) throw new Error(`a copied row has ${columns} columns`);
    let next = at + 2;
    for (let column = 0; column < COLUMNS; column++) {
      if (next + LENGTH_BYTES > data.length) return false;
      next += LENGTH_BYTES + Math.max(0, data.readInt32BE(next));
    }
    if (next > data.length) return false;
    this.current.read(data, at + 2);
    this.at = next;
    return true;
  }
}

/** One row; the same object for all of them, as making one for each would cost more than its proof. */
class CopiedRow implements RowBytes {
  data = NOTHING;
  position = 0;
  atMs = 0;
  idAt = 0;
  kindAt = 0;
  kindEnd = 0;
  prevHashAt = -1;
  prevHashEnd = -1;
  hashAt = 0;
  hashEnd = 0;
  hashedAt = 0;
  bodyEnd = 0;
  /** Where the column begins that is read next. */
  private at = 0;

  /** @throws Error when a column does not have the length of its type. */
  read(data: Buffer, start: number): void {
    this.data = data;
    this.at = start;
    this.position = int64(data, this.column(INT64_BYTES));
    this.idAt = this.column(UUID_BYTES);
    this.kindAt = this.column();
    this.kindEnd = this.at;
    this.atMs = int64(data, this.column(INT64_BYTES)) / 1_000 + POSTGRES_EPOCH_MS;
    this.prevHashAt = this.column();
    this.prevHashEnd = this.at;
    this.hashAt = this.column();
    this.hashEnd = this.at;
    this.hashedAt = this.column();
    this.bodyEnd = this.at;
  }

  /** Goes over one column and answers where it lies; -1 for NULL. */
  private column(bytes?: number): number {
    const length = this.data.readInt32BE(this.at);
    if (bytes !== undefined && length !== bytes)
      throw new Error(`a column of ${length} bytes instead of ${bytes}`);
    const from = this.at + LENGTH_BYTES;
    this.at = from + Math.max(0, length);
    return length < 0 ? -1 : from;
  }
}

/** Exact up to 2^53: positions, and microseconds until the year 2255. */
const int64 = (data: Buffer, at: number): number =>
  data.readInt32BE(at) * 2 ** 32 + data.readUInt32BE(at + 4);
