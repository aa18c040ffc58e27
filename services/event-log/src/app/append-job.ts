import type { AppendReply, Head } from '#libs/contracts';
import { AppError, type CheckedEvent } from '#libs/kernel';
import type { PlannedOutcome } from '../core/append-plan.core';
import type { Judgement } from '../core/judgement.core';

/** One append on its way. */
export interface AppendJob {
  mind: string;
  events: readonly CheckedEvent[];
  expectedPosition?: number;
  /** Milliseconds since 1970 after which nobody waits. */
  deadlineAt: number;
  bytes: number;
  settle(outcome: { reply: AppendReply } | { failure: Error }): void;
}

export const reject = (job: AppendJob, failure: Error): void => job.settle({ failure });

/** Answers an append whose ids are in the log. False when they are all new. */
export function settleJudged(job: AppendJob, judgement: Judgement, head: Head): boolean {
  if (judgement.verdict === 'new') return false;
  if (judgement.verdict === 'duplicate') job.settle({ reply: judgement.reply });
  else reject(job, new AppError('id_conflict', judgement.reason, { head: plainHead(head) }));
  return true;
}

/** Answers an append whose events are stored, or whose expectation was wrong. */
export function settlePlanned(job: AppendJob, outcome: PlannedOutcome | undefined): void {
  if (outcome === undefined) throw new RangeError('an append without an outcome');
  if ('reply' in outcome) job.settle(outcome);
  else {
    const head = outcome.versionConflict;
    const message = `the log of ${job.mind} is at position ${head.position}, not ${job.expectedPosition}`;
    reject(job, new AppError('version_conflict', message, { head }));
  }
}

const plainHead = ({ position, hash }: Head): Head => ({ position, hash });

export const archived = (mind: string): AppError =>
  new AppError('forbidden', `${mind} is archived: nothing can be appended to it`);
