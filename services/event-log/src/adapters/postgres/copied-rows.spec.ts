import fc from 'fast-check';
import type { StoredRow } from '../../core/verify.core';
import { column, COPY_HEADER, copyData, int16 } from '../../../test/copy-data';
import { CopiedRows } from './copied-rows';

const EPOCH_MS = Date.UTC(2000, 0, 1);
const rows: StoredRow[] = ['', 'é', '日本語 "quoted"', 'x'.repeat(500)].map((body, n) => ({
  ...{
    mind: 'ada',
    position: n + 2 ** 40,
    id: `01234567-89ab-cdef-0123-00000000000${n}`,
    kind: 'x.note',
    atMs: EPOCH_MS + n - 1,
  },
  ...{ prevHash: n === 0 ? null : 'ab'.repeat(32), hash: 'cd'.repeat(32), body },
}));
const copy = copyData(rows);

/** The rows that are complete after one more piece. */
function pushed(copied: CopiedRows, piece: Buffer): StoredRow[] {
  copied.push(piece);
  const found: StoredRow[] = [];
  while (copied.next()) found.push(copied.row());
  return found;
}

describe('rows of a binary copy', () => {
  it('are the same whatever pieces the data comes in', () => {
    const cuts = fc.array(fc.integer({ min: 0, max: copy.length }), { maxLength: 30 });
    fc.assert(
      fc.property(cuts, (given) => {
        const places = [0, ...given.sort((a, b) => a - b), copy.length];
        const copied = new CopiedRows('ada');
        const found = places.slice(1).flatMap((to, n) => pushed(copied, copy.subarray(places[n], to)));
        copied.end();
        expect(found).toEqual(rows);
      }),
    );
  });

  it('are refused when the data was cut, or is something else', () => {
    const cut = new CopiedRows('ada');
    expect(pushed(cut, copy.subarray(0, copy.length - 2))).toHaveLength(rows.length);
    expect(() => cut.end()).toThrow('have no end');
    const refused = (data: Buffer) => () => pushed(new CopiedRows('ada'), data);
    expect(refused(Buffer.alloc(40))).toThrow('no binary copy');
    expect(refused(Buffer.concat([COPY_HEADER, int16(3), Buffer.alloc(9)]))).toThrow('3 columns');
    const short = Buffer.concat([int16(7), ...Array.from({ length: 7 }, () => column(Buffer.alloc(8)))]);
    expect(refused(Buffer.concat([COPY_HEADER, short]))).toThrow('8 bytes instead of 16');
  });
});
