import fc from 'fast-check';
import { canonicalJson, EVENT_DOMAIN, hashCanonical, sha256 } from '#libs/kernel';
import { copyData } from '../../test/copy-data';
import { CopiedRows } from '../adapters/postgres/copied-rows';
import { endOfValue, UNSURE } from './canonical-bytes.core';
import { chainEvents, EMPTY_HEAD, type ChainedEvent } from './chain.core';
import { cursorOf, verifyRows, type StoredRow, type VerifiedTo } from './verify.core';

const START: VerifiedTo = { position: 0, hash: null, atMs: 0 };
const AT_MS = Date.UTC(2026, 1, 28, 23, 59, 59, 7);

const uuid = (n: number) => `01234567-89ab-4def-8123-${String(n).padStart(12, '0')}`;
const chain = (contents: string[], meta: unknown = {}): ChainedEvent[] =>
  chainEvents(
    'ada',
    EMPTY_HEAD,
    contents.map((content, n) => ({
      id: uuid(n),
      ...{ kind: 'x.n', version: 1, content, metaJson: canonicalJson(meta) },
    })),
    AT_MS,
  );

/** How many rows their bytes alone prove, one after the other. */
function provedRows(rows: readonly StoredRow[]): number {
  const copied = new CopiedRows('ada');
  copied.push(copyData(rows));
  let [last, proved]: [VerifiedTo | null, number] = [START, 0];
  while (last && copied.next()) {
    last = copied.proved(last);
    if (last) proved += 1;
  }
  return proved;
}

const text = fc.string({ unit: 'grapheme' }).filter((value) => value.isWellFormed() && !value.includes('\0'));
const key = fc.string({ unit: 'grapheme-ascii' });
const { value: json } = fc.letrec((tie) => ({
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    text,
    fc.integer(),
    fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e20, max: 1e20 }),
    fc.boolean(),
    fc.constant(null),
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(key, tie('value'), { maxKeys: 4 }),
  ),
}));
const canonical = (value: unknown): string | null => {
  try {
    return canonicalJson(value);
  } catch {
    return null;
  }
};
const end = (source: string) => {
  const data = Buffer.from(source);
  return endOfValue(data, 0, data.length, 64);
};

describe('the bytes of a row', () => {
  it('prove what was chained, whatever its texts and values are', () => {
    fc.assert(
      fc.property(
        fc.array(text, { minLength: 1, maxLength: 4 }),
        fc.dictionary(key, json),
        (contents, meta) => {
          fc.pre(canonical(meta) !== null && !/[\\\u0080-\uffff]"?[^"]*":/.test(canonical(meta) ?? ''));
          const rows = chain(contents, meta);
          expect(provedRows(rows)).toBe(rows.length);
        },
      ),
    );
  });

  it('prove nothing that a closer look would not accept, whichever character was changed and hashed again', () => {
    const meta = { b: [1, -2.5, 3.5e-9, 'x\u0001'], c: { d: null, e: true }, é: 1 };
    const [before, row] = chain(['one', 'a "quoted" line\nand é'], meta);
    if (!before || !row) throw new Error('two');
    const column = fc.constantFrom<Partial<StoredRow>>(
      {},
      { kind: 'x.o' },
      { position: 3 },
      { atMs: AT_MS + 1 },
    );
    fc.assert(
      fc.property(fc.nat(row.body.length - 1), fc.nat(0x17f), column, (place, code, columns) => {
        const body = row.body.slice(0, place) + String.fromCharCode(code) + row.body.slice(place + 1);
        const changed = { ...row, ...columns, body, hash: hashCanonical(body) };
        if (provedRows([before, changed]) < 2) return;
        expect(verifyRows(cursorOf([before, changed]), START)).toMatchObject({ good: 2 });
      }),
      { numRuns: 5_000 },
    );
  });

  const [first, second] = chain(['one', 'two']);
  if (!first || !second) throw new Error('two');
  const rehashed = (change: (body: string) => string, columns: Partial<StoredRow> = {}): number => {
    const body = change(second.body);
    return provedRows([first, { ...second, ...columns, body, hash: hashCanonical(body) }]);
  };

  it('prove no text that is no UTF-8, and no hash beside it that is longer', () => {
    const [before, row] = chain(['one', 'é']);
    if (!before || !row) throw new Error('two');
    const copy = copyData([before, row]);
    const place = copy.indexOf('é');
    for (const bytes of [Buffer.from([0xff, 0xff]), Buffer.from([0xed, 0xa0])]) {
      const changed = Buffer.from(copy);
      bytes.copy(changed, place);
      const copied = new CopiedRows('ada');
      copied.push(changed);
      copied.next();
      const last = copied.proved(START);
      copied.next();
      const from = changed.lastIndexOf(EVENT_DOMAIN);
      const length = EVENT_DOMAIN.length + Buffer.byteLength(row.body);
      const hash = Buffer.from(sha256(changed.subarray(from, from + length)), 'hex');
      hash.copy(changed, from - 4 - hash.length);
      expect(last).not.toBeNull();
      expect(copied.proved(last ?? START)).toBeNull();
    }
    for (const change of [{ prevHash: `${before.hash}00` }, { hash: `${row.hash}00` }]) {
      const bad = [before, { ...row, ...change }];
      expect(provedRows(bad)).toBe(1);
      expect(verifyRows(cursorOf(bad), START)).toMatchObject({ good: 1, firstBad: { position: 2 } });
    }
  });

  it('are looked at in every field, also when the hash fits', () => {
    expect(rehashed((body) => body)).toBe(2);
    for (const [what, by] of [
      ['"at":"2026-02-28T23:59:59.007Z"', '"at":"2026-02-28T23:59:59.008Z"'],
      ['"at":"2026-02-28T23:59:59.007Z"', '"at":"2026-02-30T23:59:59.007Z"'],
      ['"content":"two"', '"content":"\\u0074wo"'],
      [uuid(1), uuid(2)],
      [uuid(1), uuid(1).toUpperCase()],
      ['"kind":"x.n"', '"kind":"x.m"'],
      ['"meta":{}', '"meta":{ }'],
      ['"meta":{}', '"meta":{"b":1,"a":2}'],
      ['"meta":{}', '"meta":null'],
      ['"meta":{}', '"meta":[]'],
      ['"mind":"ada"', '"mind":"adb"'],
      ['"position":2', '"position":3'],
      ['"position":2', '"position":02'],
      [`"prevHash":"${first.hash}"`, `"prevHash":"${second.hash}"`],
      [`"prevHash":"${first.hash}"`, '"prevHash":null'],
      ['"version":1}', '"version":01}'],
      ['"version":1}', '"version":1,"x":1}'],
    ] as const) {
      expect(second.body).toContain(what);
      expect([by, rehashed((body) => body.replace(what, by))]).toEqual([by, 1]);
    }
    const { prevHash, position, atMs } = second;
    expect([prevHash, position, atMs]).toEqual([first.hash, 2, AT_MS]);
    expect(rehashed((body) => body, { prevHash: second.hash })).toBe(1);
    expect(rehashed((body) => body, { prevHash: null })).toBe(1);
    // Text and column agree, on another row than the one before.
    const relinked = (body: string) => body.replace(first.hash, second.hash);
    expect(rehashed(relinked, { prevHash: second.hash })).toBe(1);
    expect(rehashed((body) => body, { position: 3 })).toBe(1);
    expect(rehashed((body) => body, { atMs: AT_MS + 1 })).toBe(1);
    expect(rehashed((body) => body, { id: uuid(3) })).toBe(1);
    expect(rehashed((body) => body, { kind: 'x.nn' })).toBe(1);
    expect(provedRows([first, { ...second, hash: first.hash }])).toBe(1);
    expect(provedRows([second])).toBe(0);
  });
});

describe('the end of a value', () => {
  it('is found in canonical JSON, and in nothing else', () => {
    fc.assert(
      fc.property(json, fc.nat(), fc.nat(127), (value, place, code) => {
        const source = canonical(value);
        fc.pre(source !== null);
        const found = end(source);
        if (found !== UNSURE) expect(found).toBe(Buffer.byteLength(source));
        const at = place % source.length;
        const changed = source.slice(0, at) + String.fromCharCode(code) + source.slice(at + 1);
        if (!changed.isWellFormed() || end(changed) !== Buffer.byteLength(changed)) return;
        expect(canonical(JSON.parse(changed))).toBe(changed);
      }),
      { numRuns: 3_000 },
    );
  });

  it.each([
    '0',
    '-1',
    '123456789012345',
    '1.5',
    '1e-7',
    '-2.5e-25',
    '"\\b\\u0001\\\\é"',
    '[1,[],{}]',
    '{"a":1,"aa":2,"b":true}',
  ])('is that of %s', (source) => expect(end(source)).toBe(Buffer.byteLength(source)));

  it.each([
    ...[
      '-0',
      '01',
      '1.0',
      '[1E5]',
      '[1e5]',
      '.5',
      '1.',
      '-',
      '"\\u0008"',
      '"\\u000A"',
      '"\\u0000"',
      '"\\u0041"',
      '"\\/"',
    ],
    ...[
      '"\u0001"',
      '"open',
      '{"b":1,"a":2}',
      '{"a":1,"a":2}',
      '{"a" :1}',
      '[1, 2]',
      '[1',
      '{"a":1',
      'nul',
      'True',
      '',
    ],
    '['.repeat(65) + ']'.repeat(65),
  ])('is unsure for %s', (source) => expect(end(source)).toBe(UNSURE));
});
