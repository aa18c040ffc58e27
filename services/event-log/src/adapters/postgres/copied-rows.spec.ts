import fc from 'fast-check';
import type { StoredRow } from '../../core/verify.core';
import { CopiedRows } from './copied-rows';

const EPOCH_MS = Date.UTC(2000, 0, 1);
const int64 = (value: number) => {
  const bytes = Buffer.alloc(8);
  bytes.writeBigInt64BE(BigInt(value));
  return bytes;
};
const field = (value: Buffer | null) => {
  const length = Buffer.alloc(4);
  length.writeInt32BE(value?.length ?? -1);
  return Buffer.concat(value ? [length, value] : [length]);
};
const text = (value: string | null) => field(value === null ? null : Buffer.from(value));
const int16 = (value: number) => {
  const bytes = Buffer.alloc(2);
  bytes.writeInt16BE(value);
  return bytes;
};
const header = Buffer.concat([Buffer.from('PGCOPY\n\xff\r\n\0', 'latin1'), Buffer.alloc(8)]);
const rowBytes = ({ mind, position, id, kind, atMs, prevHash, hash, body }: StoredRow) =>
  Buffer.concat([
    ...[int16(8), text(mind), field(int64(position)), text(id), text(kind)],
    field(int64((atMs - EPOCH_MS) * 1_000)),
    ...[text(prevHash), text(hash), text(body)],
  ]);

const rows: StoredRow[] = ['', 'é', '日本語 "quoted"', 'x'.repeat(500)].map((body, n) => ({
  ...{ mind: 'ada', position: n + 2 ** 40, id: `id-${n}`, kind: 'x.note', atMs: EPOCH_MS + n - 1 },
  ...{ prevHash: n === 0 ? null : 'ab'.repeat(32), hash: 'cd'.repeat(32), body },
}));
const copy = Buffer.concat([header, ...rows.map(rowBytes), int16(-1)]);

describe('rows of a binary copy', () => {
  it('are the same whatever pieces the data comes in', () => {
    const cuts = fc.array(fc.integer({ min: 0, max: copy.length }), { maxLength: 30 });
    fc.assert(
      fc.property(cuts, (given) => {
        const places = [0, ...given.sort((a, b) => a - b), copy.length];
        const copied = new CopiedRows();
        const found = places.slice(1).flatMap((to, n) => copied.push(copy.subarray(places[n], to)));
        copied.end();
        expect(found).toEqual(rows);
      }),
    );
  });

  it('are refused when the data was cut, or is something else', () => {
    const cut = new CopiedRows();
    expect(cut.push(copy.subarray(0, copy.length - 2))).toHaveLength(rows.length);
    expect(() => cut.end()).toThrow('have no end');
    expect(() => new CopiedRows().push(Buffer.alloc(40))).toThrow('no binary copy');
    expect(() => new CopiedRows().push(Buffer.concat([header, int16(3), Buffer.alloc(9)]))).toThrow(
      '3 columns',
    );
  });
});
