import { draft, eventId, type Decision, type Draft, type Rule } from '#libs/kernel';
import type { CommitmentState } from '#libs/mind';
import { lapsedCommitments, type Lapsed } from './lifetimes';

/** One append a tick. Its ids do not depend on the tick, so that one due or expiry is told once, whoever tells it. */
function atTick(
  rule: string,
  state: CommitmentState,
  mind: string,
  toDraft: (lapsed: Lapsed) => Draft[],
): Decision[] {
  const drafts = lapsedCommitments(state).flatMap((lapsed) =>
    toDraft(lapsed).map((d) => ({ ...d, id: eventId(mind, 'commitment', rule, causeOf(lapsed), 0) })),
  );
  return drafts.length === 0 ? [] : [{ cause: `tick:${state.ticks.tick}`, drafts }];
}

const causeOf = ({ commitment, lapse }: Lapsed): string =>
  lapse === 'due' ? `open:${commitment.openPosition}:${commitment.dueAt}` : `open:${commitment.openPosition}`;

export const dueRule: Rule<CommitmentState> = {
  name: 'due',
  kinds: ['autonomy_tick'],
  decide: (state, { mind }) =>
    atTick('due', state, mind, ({ cid, commitment: { dueAt }, lapse }) =>
      lapse === 'due' && dueAt !== undefined ? [draft('commitment_due', { cid, dueAt })] : [],
    ),
};

export const expireRule: Rule<CommitmentState> = {
  name: 'expire',
  kinds: ['autonomy_tick'],
  decide: (state, { mind }) =>
    atTick('expire', state, mind, ({ cid, lapse }) =>
      lapse === 'due' ? [] : [draft('commitment_expire', { cid, reason: lapse })],
    ),
};
