import { join } from 'node:path';
import type { Pool } from 'pg';
import Piscina from 'piscina';
import { AppError, fromErrorReply, systemClock } from '#libs/kernel';
import { proveRange } from '../../app/prove-range';
import type { Prover, RowRange } from '../../app/prover.port';
import type { Verdict, VerifiedTo } from '../../core/verify.core';
import type { ProofJob, ProofReply, ProofThreadData } from './proof.worker';
import { scanRows } from './row-scan';

/** So many rows at most are proved on the spot, as a thread would not win what asking it costs. */
const MOST_ON_THE_SPOT = 2_000;
const MOST_WAITING = 64;
/** A thread that has had nothing to do for so long ends; the next proof starts another. */
const IDLE_MS = 60_000;

export interface ProofThreads {
  url: string;
  /** Each has one connection. */
  threads: number;
  /** The compiled file that a thread runs; the one beside this file. */
  file?: string;
}

/** Proves long ranges in threads with connections of their own, so that appends do not wait for a proof under way. */
export class ThreadedProver implements Prover {
  private readonly threads: Piscina<ProofJob, ProofReply>;

  constructor(
    private readonly reads: Pool,
    { url, threads, file = join(__dirname, 'proof.worker.js') }: ProofThreads,
  ) {
    this.threads = new Piscina({
      filename: file,
      workerData: { url } satisfies ProofThreadData,
      ...{ minThreads: 0, maxThreads: threads, idleTimeout: IDLE_MS, maxQueue: MOST_WAITING },
      resourceLimits: { maxOldGenerationSizeMb: 128, maxYoungGenerationSizeMb: 16 },
    });
  }

  async prove(range: RowRange, previous: VerifiedTo, ms: number): Promise<Verdict> {
    if (range.to - range.from < MOST_ON_THE_SPOT)
      return proveRange((rows) => scanRows(this.reads, rows), systemClock, { range, previous, ms });
    if (this.threads.queueSize >= MOST_WAITING) throw new AppError('busy', 'too many verifications wait');
    const reply = await this.threads.run({ range, previous, ms });
    if ('error' in reply) throw fromErrorReply(reply);
    return reply.verdict;
  }

  /** Ends the threads; what they are proving fails. */
  async close(): Promise<void> {
    await this.threads.destroy();
  }
}
