import { workerData } from 'piscina';
import type { ErrorReply } from '#libs/contracts';
import { AppError, systemClock, toErrorReply } from '#libs/kernel';
import { proveRange } from '../../app/prove-range';
import type { RowRange } from '../../app/prover.port';
import type { Verdict, VerifiedTo } from '../../core/verify.core';
import { openPool } from './pools';
import { scanRows } from './row-scan';

export interface ProofThreadData {
  url: string;
}

export interface ProofJob {
  range: RowRange;
  previous: VerifiedTo;
  ms: number;
}

/** Classes do not cross from thread to thread: an AppError goes as its wire form. */
export type ProofReply = { verdict: Verdict } | ErrorReply;

// A connection that is lost while nobody uses it is replaced at the next job.
const pool = openPool((workerData as ProofThreadData).url, 'reads', 1, () => undefined);

/** What one thread does: see `ThreadedProver`. @throws what is no AppError */
export default async function prove(job: ProofJob): Promise<ProofReply> {
  try {
    return { verdict: await proveRange((range) => scanRows(pool, range), systemClock, job) };
  } catch (error) {
    if (error instanceof AppError) return toErrorReply(error);
    throw error;
  }
}
