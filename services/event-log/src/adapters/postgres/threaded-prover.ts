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
/** A proof of a verification takes 1.5 s at most: these and those under way have ended when the service has to stop. */
const MOST_WAITING = 8;
/** Nobody waits longer, whatever became of the threads. */
const LIMIT_MS = 30_000;
/** A thread that has had nothing to do for so long ends; the next proof starts another. */
const IDLE_MS = 60_000;

export interface ProofThreads {
  url: string;
  /** Each has one connection. */
  threads: number;
  /** The compiled file that a thread runs; the one beside this file. */
  file?: string;
  /** How long one proof may take, its wait for a thread included; 30 s. */
  limitMs?: number;
  warn: (message: string, error: unknown) => void;
}

/** Proves long ranges in threads with connections of their own, so that appends do not wait for a proof under way. */
export class ThreadedProver implements Prover {
  private readonly threads: Piscina<ProofJob, ProofReply>;
  private readonly limitMs: number;

  constructor(
    private readonly reads: Pool,
    { url, threads, file = join(__dirname, 'proof.worker.js'), limitMs = LIMIT_MS, warn }: ProofThreads,
  ) {
    this.limitMs = limitMs;
    this.threads = new Piscina({
      filename: file,
      workerData: { url } satisfies ProofThreadData,
      ...{ minThreads: 0, maxThreads: threads, idleTimeout: IDLE_MS, maxQueue: MOST_WAITING },
      resourceLimits: { maxOldGenerationSizeMb: 128, maxYoungGenerationSizeMb: 16 },
      // A thread that waits by blocking would not see that its connection was lost.
      atomics: 'disabled',
    });
    // Of a thread that had nothing to do, such as one that can't load its file; a job that it should have had meets its limit.
    this.threads.on('error', (error) => warn('a thread that proves logs has failed', error));
  }

  async prove(range: RowRange, previous: VerifiedTo, ms: number): Promise<Verdict> {
    if (range.to - range.from < MOST_ON_THE_SPOT)
      return proveRange((rows) => scanRows(this.reads, rows), systemClock, { range, previous, ms });
    if (this.threads.queueSize >= MOST_WAITING) throw new AppError('busy', 'too many verifications wait');
    const reply = await this.run({ range, previous, ms });
    if ('error' in reply) throw fromErrorReply(reply);
    return reply.verdict;
  }

  private async run(job: ProofJob): Promise<ProofReply> {
    const signal = AbortSignal.timeout(this.limitMs);
    try {
      return await this.threads.run(job, { signal });
    } catch (cause) {
      if (!signal.aborted) throw cause;
      throw new AppError('unavailable', 'the proof of a log was not made in time; try again', { cause });
    }
  }

  /** Ends the threads; what they are still proving fails. */
  async close(): Promise<void> {
    await this.threads.destroy();
  }
}
