import type { StoredRow, Verdict, VerifiedTo } from '../core/verify.core';
import type { MindCache } from './mind-cache';
import type { RowRange } from './prover.port';
import { VerifyLog } from './verify-log';

const HALF = 25_000;
const hashOf = (position: number) => `h${position}`;
const at = (position: number): VerifiedTo => ({ position, hash: hashOf(position), atMs: position });
const whole = ({ from, to }: RowRange): Verdict => ({ good: to - from + 1, last: at(to) });

type MindState = Awaited<ReturnType<MindCache['refresh']>>;
type Prove = (range: RowRange, previous: VerifiedTo, nth: number) => Verdict;

/** A log of so many events, whose rows are proved as `prove` says; rows in `gone` are not there. */
function logOf(length: number, { prove = whole, gone = [] }: { prove?: Prove; gone?: number[] } = {}) {
  const asked: { from: number; to: number; after: string | null }[] = [];
  let [now, most] = [0, 0];
  const head = { position: length, hash: hashOf(length) };
  const verify = new VerifyLog({
    minds: {
      refresh: () => Promise.resolve({ head } as MindState),
      state: () => Promise.resolve({ head } as MindState),
    },
    events: {
      row: (_mind, position) => Promise.resolve(gone.includes(position) ? null : (at(position) as StoredRow)),
    },
    prover: {
      prove: async (range, previous) => {
        const nth = asked.push({ from: range.from, to: range.to, after: previous.hash });
        most = Math.max(most, (now += 1));
        await new Promise(setImmediate);
        now -= 1;
        return prove(range, previous, nth);
      },
    },
    meter: {
      read: () => undefined,
      appended: () => undefined,
      committed: () => undefined,
      judged: () => undefined,
    },
    clock: { monotonicMs: () => 0 },
  });
  return { asked, verify: (from = 1) => verify.verify({ mind: 'ada', from }), most: () => most };
}

describe('the verification of a long log', () => {
  it('proves two ranges at the same time, the second from the row before it', async () => {
    const { asked, verify, most } = logOf(120_000);
    expect(await verify()).toEqual({
      ok: true,
      events: 2 * HALF,
      headHash: hashOf(120_000),
      next: 2 * HALF + 1,
    });
    expect(asked).toEqual([
      { from: 1, to: HALF, after: null },
      { from: HALF + 1, to: 2 * HALF, after: hashOf(HALF) },
    ]);
    expect(most()).toBe(2);
  });

  it('needs no second range for what one can hold', async () => {
    const { asked, verify } = logOf(HALF);
    expect(await verify()).toEqual({ ok: true, events: HALF, headHash: hashOf(HALF) });
    expect(asked).toHaveLength(1);
  });

  it('counts nothing of the second range when the first is bad', async () => {
    const firstBad = { position: 8, reason: 'bad' };
    const prove: Prove = (range, _previous, nth) =>
      nth === 1 ? { good: 7, last: at(7), firstBad } : whole(range);
    expect(await logOf(60_000, { prove }).verify()).toMatchObject({ ok: false, events: 7, firstBad });
  });

  it('names what is bad in the second', async () => {
    const firstBad = { position: HALF + 8, reason: 'bad' };
    const prove: Prove = (range, _previous, nth) =>
      nth === 2 ? { good: 7, last: at(HALF + 7), firstBad } : whole(range);
    expect(await logOf(60_000, { prove }).verify()).toMatchObject({ ok: false, events: HALF + 7, firstBad });
  });

  it('proves on from where the first ended early', async () => {
    const prove: Prove = (range, _previous, nth) => (nth === 1 ? { good: 10, last: at(10) } : whole(range));
    const { asked, verify } = logOf(40_000, { prove });
    expect(await verify()).toEqual({ ok: true, events: 40_000, headHash: hashOf(40_000) });
    expect(asked.slice(2)).toEqual([
      { from: 11, to: HALF + 10, after: hashOf(10) },
      { from: HALF + 11, to: 40_000, after: hashOf(HALF + 10) },
    ]);
  });

  it('does not trust a row between that is not the one which was proved', async () => {
    const prove: Prove = (range, _previous, nth) =>
      nth === 1 ? { good: HALF, last: { ...at(HALF), hash: 'another' } } : whole(range);
    const { asked, verify } = logOf(30_000, { prove });
    expect(await verify()).toMatchObject({ ok: true, events: 30_000 });
    expect(asked[2]).toEqual({ from: HALF + 1, to: 30_000, after: 'another' });
  });

  it('leaves it to the first range to say that the row between is missing', async () => {
    const { asked, verify } = logOf(30_000, { gone: [HALF] });
    await verify();
    expect(asked[0]).toEqual({ from: 1, to: HALF, after: null });
    expect(asked.filter(({ from }) => from === HALF + 1)).toEqual([
      { from: HALF + 1, to: 30_000, after: hashOf(HALF) },
    ]);
  });
});
