import type { CommitmentsReply, CommitmentStatus, CommitmentView } from '#libs/contracts';
import {
  commitmentScore,
  type ClosedCommitment,
  type CommitmentState,
  type ExpiredCommitment,
  type OpenCommitment,
} from '#libs/mind';

export interface ListQuery {
  status: CommitmentStatus | 'all';
  project?: string;
  limit: number;
  /** Only those opened before this position. */
  before?: number;
  /** `score`: the most urgent first, one page. */
  order: 'newest' | 'score';
}

export interface CommitmentPage extends Omit<CommitmentsReply, 'watermark' | 'digest'> {
  /** False when closed or expired ones that only the log knows would belong to this page. */
  complete: boolean;
}

/** A page of commitments as a view of the folded state; scores are of the time of the mind's last event. */
export function listCommitments(state: CommitmentState, query: ListQuery): CommitmentPage {
  const { limit, before = Infinity, order } = query;
  const found = viewsOf(state, query).filter(({ openPosition }) => openPosition < before);
  found.sort(order === 'score' ? byScore : byOpening);
  const commitments = found.slice(0, limit);
  const dropped = someDropped(state, query.status);
  const more =
    order === 'newest' && (found.length > commitments.length || (dropped && found.length === limit));
  const next = more ? commitments.at(-1)?.openPosition : undefined;
  return {
    commitments,
    projects: [...state.commitments.projects].map(([project, open]) => ({ project, open })),
    ...(next === undefined ? {} : { next }),
    complete: commitments.length === limit || !dropped,
  };
}

const byOpening = (a: CommitmentView, b: CommitmentView): number => b.openPosition - a.openPosition;
const byScore = (a: CommitmentView, b: CommitmentView): number =>
  b.score - a.score || a.openPosition - b.openPosition;

function viewsOf(state: CommitmentState, { status, project }: ListQuery): CommitmentView[] {
  const { open } = state.commitments;
  const { closed, expired } = state.ended;
  const now = { tick: state.ticks.tick, at: state.clock.at };
  const wanted = (kept: CommitmentStatus) => status === kept || status === 'all';
  const views = [
    ...(wanted('open') ? [...open].map(([cid, record]) => openView(cid, record, now)) : []),
    ...(wanted('closed') ? [...closed].map(([cid, record]) => closedView(cid, record)) : []),
    ...(wanted('expired') ? [...expired].map(([cid, record]) => expiredView(cid, record)) : []),
  ];
  return project === undefined ? views : views.filter((view) => view.project === project);
}

function someDropped({ ended }: CommitmentState, status: ListQuery['status']): boolean {
  const closed = ended.closedDropped > 0;
  const expired = ended.expiredDropped > 0;
  return (
    (status !== 'open' && status !== 'expired' && closed) ||
    (status !== 'open' && status !== 'closed' && expired)
  );
}

function openView(
  cid: string,
  record: OpenCommitment,
  now: { tick: number; at: string | null },
): CommitmentView {
  const evidence = record.evidence?.length ? { evidence: [...record.evidence] } : {};
  return { ...viewOf(cid, 'open', record), ...evidence, score: commitmentScore(record, now) };
}

const closedView = (cid: string, record: ClosedCommitment): CommitmentView => ({
  ...viewOf(cid, 'closed', record),
  evidence: [...record.evidence],
  ...(record.outcome ? { outcome: record.outcome } : {}),
  endPosition: record.endPosition,
});

const expiredView = (cid: string, record: ExpiredCommitment): CommitmentView => ({
  ...viewOf(cid, 'expired', record),
  endPosition: record.endPosition,
  reason: record.reason,
});

/** The fields that all records have; those that nobody gave are absent, and one that has ended scores nothing. */
function viewOf(cid: string, status: CommitmentStatus, record: OpenCommitment): CommitmentView {
  const {
    text,
    source,
    openedAt,
    openPosition,
    origin = null,
    project,
    priority,
    dueAt,
    snoozedUntil,
  } = record;
  const given = Object.entries({ project, priority, dueAt, snoozedUntil }).filter(
    ([, value]) => value !== undefined,
  );
  return {
    cid,
    text,
    status,
    source,
    origin,
    openedAt,
    openPosition,
    score: 0,
    ...Object.fromEntries(given),
  };
}
