import type { CommitmentsReply, CommitmentView, MindEvent } from '#libs/contracts';
import { foldAll } from '#libs/kernel';
import type { LogClient } from '#libs/messaging';
import { commitmentFold, type CommitmentState } from '#libs/mind';
import { listCommitments } from '../core/list';

interface PastQuery {
  mind: string;
  status: 'closed' | 'expired' | 'all';
  limit: number;
  project?: string;
  before?: number;
}

const KINDS = [
  'autonomy_tick',
  'commitment_open',
  'commitment_evidence',
  'commitment_close',
  'commitment_expire',
  'commitment_snooze',
  'commitment_update',
  'commitment_rebind',
  'project_assign',
];
const PAGE = 1_000;
const MAX_PAGES = 200;

/**
 * Commitments that ended so long ago that no cache keeps them. They are folded again from the log, by kind, in slices
 * small enough that nothing is dropped before it was looked at.
 */
export class PastCommitments {
  constructor(private readonly log: LogClient) {}

  async complete(reply: CommitmentsReply, query: PastQuery, deadlineAt: number): Promise<CommitmentsReply> {
    const found = new Map(reply.commitments.map((view) => [keyOf(view), view]));
    let state = commitmentFold.initialState();
    for await (const events of this.pages(query.mind, deadlineAt)) {
      state = foldAll(commitmentFold, events, state);
      for (const view of ended(state, query)) if (!found.has(keyOf(view))) found.set(keyOf(view), view);
    }
    const sorted = [...found.values()].sort((a, b) => b.openPosition - a.openPosition);
    const commitments = sorted.slice(0, query.limit);
    const next = sorted.length > commitments.length ? commitments.at(-1)?.openPosition : undefined;
    return { ...reply, commitments, ...(next === undefined ? {} : { next }) };
  }

  /** Slices of at most 200 events: a slice can't end more commitments than a state keeps. */
  private async *pages(mind: string, deadlineAt: number): AsyncGenerator<MindEvent[]> {
    let after = 0;
    for (let page = 0; page < MAX_PAGES; page++) {
      const reply = await this.log.read(
        { mind, after, limit: PAGE, kinds: KINDS, purpose: 'query' },
        { deadlineAt },
      );
      for (let i = 0; i < reply.events.length; i += 200) yield reply.events.slice(i, i + 200);
      if (reply.next === undefined) return;
      after = reply.next;
    }
  }
}

const keyOf = ({ status, openPosition }: CommitmentView): string => `${status}#${openPosition}`;

function ended(state: CommitmentState, { status, project, before }: PastQuery): CommitmentView[] {
  const wanted = { status, project, before, limit: Infinity, order: 'newest' } as const;
  return listCommitments(state, wanted).commitments.filter((view) => view.status !== 'open');
}
