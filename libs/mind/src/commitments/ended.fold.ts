import type { MindEvent } from '#libs/contracts';
import type { Section } from '#libs/kernel';
import { putLast } from '../events/bounded';
import { resolveReferences, shortField, textField } from '../events/event-fields';
import type { CommitmentsState, EndedState, OpenCommitment } from './commitment.types';
import { CLOSED_KEPT, EXPIRED_KEPT } from './commitments.constants';

/**
 * Must stand before the commitments, which forget one that ends. A section of its own, so that what changes open
 * commitments does not pay for the digest of hundreds that have ended.
 */
export const endedSection: Section<EndedState, { commitments: CommitmentsState }> = {
  kinds: ['commitment_close', 'commitment_expire'],
  initialState: () => ({ closed: new Map(), expired: new Map(), closedDropped: 0, expiredDropped: 0 }),
  evolve: (state, event, { commitments }) => {
    const cid = textField(event, 'cid') ?? '';
    const commitment = commitments.open.get(cid);
    if (!commitment) return state;
    if (event.kind === 'commitment_close') close(state, event, cid, commitment);
    else expire(state, event, cid, commitment);
    return state;
  },
};

function close(state: EndedState, event: MindEvent, cid: string, commitment: OpenCommitment): void {
  const outcome = textField(event, 'outcome');
  const closed = {
    ...commitment,
    endPosition: event.position,
    evidence: resolveReferences(event, event.meta.evidence),
    note: event.content,
  };
  if (!state.closed.has(cid) && state.closed.size >= CLOSED_KEPT) state.closedDropped++;
  putLast(
    state.closed,
    cid,
    outcome === 'done' || outcome === 'dropped' ? { ...closed, outcome } : closed,
    CLOSED_KEPT,
  );
}

function expire(state: EndedState, event: MindEvent, cid: string, commitment: OpenCommitment): void {
  const reason = shortField(event, 'reason') ?? 'timeout';
  if (!state.expired.has(cid) && state.expired.size >= EXPIRED_KEPT) state.expiredDropped++;
  putLast(state.expired, cid, { ...commitment, endPosition: event.position, reason }, EXPIRED_KEPT);
}
