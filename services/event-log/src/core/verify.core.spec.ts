import fc from 'fast-check';
import { canonicalJson, hashCanonical } from '#libs/kernel';
import { chainEvents, EMPTY_HEAD } from './chain.core';
import { cursorOf, verifyRows, type StoredRow } from './verify.core';

const START = { position: 0, hash: null, atMs: 0 };
const chain = (metas: unknown[]): StoredRow[] =>
  chainEvents(
    'm',
    EMPTY_HEAD,
    metas.map((meta, n) => ({
      id: `id-${n}`,
      ...{ kind: 'x.n', version: 1, content: 'é', metaJson: canonicalJson(meta) },
    })),
    1_000,
  );

describe('verification of rows', () => {
  it('accepts every log that was chained, also with keys that JavaScript orders in its own way', () => {
    const meta = fc.dictionary(
      fc.oneof(fc.string(), fc.nat().map(String)),
      fc.oneof(fc.integer(), fc.double({ noNaN: true, noDefaultInfinity: true })),
    );
    fc.assert(
      fc.property(fc.array(meta, { maxLength: 5 }), (metas) => {
        fc.pre(
          metas.every(
            (one) => JSON.stringify(one).isWellFormed() && !/\\u(0000|d[89a-f])/.test(JSON.stringify(one)),
          ),
        );
        fc.pre(
          metas.every((one) =>
            Object.values(one).every((n) => !Number.isInteger(n) || Math.abs(n) <= 2 ** 53),
          ),
        );
        const rows = chain([{ 10: 1, 9: 2 }, ...metas]);
        expect(verifyRows(cursorOf(rows), START)).toMatchObject({
          good: rows.length,
          last: { position: rows.length },
        });
      }),
    );
  });

  it.each([
    ['content that is no text', '"content":"é"', '"content":{"a":1}', 'not an event'],
    ['content with U+0000', '"content":"é"', String.raw`"content":"\u0000"`, 'not canonical'],
    ['content with a lone surrogate', '"content":"é"', String.raw`"content":"\ud800"`, 'not canonical'],
    ['a version that is no number', '"version":1', '"version":null', 'not an event'],
    ['a version of zero', '"version":1', '"version":0', 'not an event'],
    ['meta that is no object', '"meta":{}', '"meta":null', 'not an event'],
    ['meta that is a list', '"meta":{}', '"meta":[]', 'not an event'],
    ['a time in another form', '.000Z"', '.000+00:00"', 'not canonical'],
  ])('refuses %s, also with a hash of its own', (_, text, other, reason) => {
    const [row] = chain([{}]) as [StoredRow];
    const body = row.body.replace(text, other);
    expect(body).not.toBe(row.body);
    const { firstBad } = verifyRows(cursorOf([{ ...row, body, hash: hashCanonical(body) }]), START);
    expect(firstBad).toEqual({ position: 1, reason: `the stored text is ${reason}` });
  });

  it('stops at the first bad row and says what is wrong', () => {
    const rows = chain([{}, {}, {}]);
    const changed = (change: Partial<StoredRow>) =>
      [rows[0], { ...rows[1], ...change }, rows[2]] as StoredRow[];
    const reason = (bad: StoredRow[]) => verifyRows(cursorOf(bad), START).firstBad;
    expect(reason(changed({ position: 3 }))).toEqual({
      position: 2,
      reason: 'position 2 is missing, 3 follows',
    });
    expect(reason(changed({ mind: 'n' }))).toEqual({
      position: 2,
      reason: 'column mind differs from the text that was hashed',
    });
    expect(reason(changed({ body: `${rows[1]?.body} ` }))?.reason).toBe('hash does not fit the event');
    expect(reason(rows.slice(1))).toEqual({ position: 1, reason: 'position 1 is missing, 2 follows' });
    expect(verifyRows(cursorOf(rows.slice(1)), rows[0] ?? START)).toMatchObject({ good: 2 });
    expect(
      verifyRows(cursorOf(rows.slice(1)), { ...START, position: 1, hash: 'f'.repeat(64) }).firstBad?.reason,
    ).toMatch('prevHash');
    expect(verifyRows(cursorOf(rows), { ...START, atMs: 2_000 }).firstBad?.reason).toMatch('at is before');
  });
});
