import { randomUUID } from 'node:crypto';
import type {
  CloseRequest,
  CommitmentReply,
  CommitmentsReply,
  CommitmentsRequest,
  JudgeReply,
  JudgeRequest,
  OpenReply,
  OpenRequest,
  SnoozeRequest,
} from '#libs/contracts';
import { AppError, eventId } from '#libs/kernel';
import type { CommandOutcome, IncrementalCache } from '#libs/messaging';
import type { CommitmentState } from '#libs/mind';
import { decideClose } from '../core/close.decision';
import { judge } from '../core/judge';
import { listCommitments } from '../core/list';
import { decideOpen } from '../core/open.decision';
import { decideSnooze } from '../core/snooze.decision';
import type { Accepted, Known, Refusal } from '../core/verdict';
import type { PastCommitments } from './past-commitments';

/** What others ask of the commitments: views of the folded state, and commands that decide on it. */
export class Commitments {
  constructor(
    private readonly cache: IncrementalCache<CommitmentState>,
    private readonly past: PastCommitments,
  ) {}

  async list(request: CommitmentsRequest, deadlineAt: number): Promise<CommitmentsReply> {
    const { mind, status = 'open', limit = 50, order = 'newest', project, before, at, minPosition } = request;
    const query = { status, limit, order, project, before };
    const { complete, ...reply } = await this.cache.read(mind, { at, minPosition, deadlineAt }, (state) =>
      listCommitments(state, query),
    );
    if (complete || limit === 0 || status === 'open' || order === 'score') return reply;
    return this.past.complete(reply, { mind, status, limit, project, before }, deadlineAt);
  }

  judge(request: JudgeRequest, deadlineAt: number): Promise<JudgeReply> {
    const { mind, minPosition } = request;
    return this.cache.read(mind, { minPosition, deadlineAt }, (state, { watermark }) =>
      judge(state, request, watermark),
    );
  }

  open(request: OpenRequest, deadlineAt: number): Promise<OpenReply> {
    const id = idOf(request.mind, 'open', request.key);
    return this.cache.command(request.mind, deadlineAt, (state) =>
      outcome(id, decideOpen(state, { ...request, id }), (cid, position): OpenReply => ({
        cid,
        position,
        existing: false,
      })),
    );
  }

  async close(request: CloseRequest, deadlineAt: number): Promise<CommitmentReply> {
    const { mind, cid, evidence, key, outcome: result = 'done', note = '' } = request;
    const id = idOf(mind, 'close', key);
    await this.cache.read(mind, { minPosition: Math.max(...evidence), deadlineAt }, () => ({}));
    return this.cache.command(mind, deadlineAt, (state, { watermark }) =>
      outcome(id, decideClose(state, { cid, evidence, outcome: result, note }, watermark), asReply),
    );
  }

  snooze({ mind, cid, untilTick, key }: SnoozeRequest, deadlineAt: number): Promise<CommitmentReply> {
    const id = idOf(mind, 'snooze', key);
    return this.cache.command(mind, deadlineAt, (state) =>
      outcome(id, decideSnooze(state, { cid, untilTick }), asReply),
    );
  }
}

const asReply = (cid: string, position: number): CommitmentReply => ({ cid, position });

/** The event's id derives from the caller's key, so that a retry is the same append. */
const idOf = (mind: string, verb: string, key: string | undefined): string =>
  key === undefined ? randomUUID() : eventId(mind, 'commitment', verb, key);

function outcome<T>(
  id: string,
  verdict: Refusal | Known<T> | Accepted,
  answer: (cid: string, position: number) => T,
): CommandOutcome<T> {
  switch (verdict.verdict) {
    case 'refused':
      throw new AppError(verdict.code, verdict.message);
    case 'known':
      return { value: verdict.reply };
    case 'accepted':
      return { events: [{ ...verdict.draft, id }], answer: ({ to }) => answer(verdict.cid, to) };
  }
}
