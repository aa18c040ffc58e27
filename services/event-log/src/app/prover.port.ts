import type { RowCursor, Verdict, VerifiedTo } from '../core/verify.core';

/** Positions of one mind, both ends included. */
export interface RowRange {
  mind: string;
  from: number;
  to: number;
}

/** Whole rows of a range, in order, some at a time as they come. */
export type RowScan = (range: RowRange) => AsyncIterable<RowCursor>;

/** Proves what the database holds, by whatever threads and connections it has. */
export interface Prover {
  /**
   * Proves the rows of a range that follow `previous`, up to the first bad one; ends early after so many milliseconds.
   * @throws AppError `unavailable` when the database does not answer, `busy` when too many wait
   */
  prove(range: RowRange, previous: VerifiedTo, ms: number): Promise<Verdict>;
}
