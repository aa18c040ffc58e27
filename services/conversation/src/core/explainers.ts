import type { BasisParts, Explainer, Explainers } from '#libs/kernel';
import { citedPositions, TURN_TIMEOUT_MS, type ConversationState } from '#libs/mind';
import { turnBesides } from './beside-turn';

/** The prompt was made of what five services told, each at its own watermark, and of the settings of that day. */
const NOT_CHECKED =
  'as recorded: the log does not hold the settings and the recall that the prompt was made with';

/** The turns that were at hand when the model was asked, and what its reply cites. */
const context: Explainer<ConversationState> = ({ turns }, { content, meta }, cause) => ({
  contextPosition: cause.position,
  promptDigest: { recorded: meta.promptDigest ?? null, checkedAgain: false, because: NOT_CHECKED },
  model: { provider: meta.provider ?? null, model: meta.model ?? null },
  cited: citedPositions(content),
  turnsAtHand: turns.turns.flatMap(({ user, reply }) =>
    [user, reply].flatMap((said) => (said ? [said.position] : [])),
  ),
  controls: meta.controls ?? [],
});

const explainers: Explainers<ConversationState> = {
  assistant_message: context,
  turn_failed: ({ turns }, { meta }, cause) => {
    const open = turns.open.get(String(meta.turnId));
    return open
      ? { openSince: open.position, openedAt: open.at, tickAt: cause.at, limitMs: TURN_TIMEOUT_MS }
      : null;
  },
};

/** What a turn or its timeout saw, by the kind of event that it writes. */
export const conversationWhy: Omit<BasisParts<ConversationState>, 'service' | 'rules'> = {
  explainers,
  besides: turnBesides,
  onState: ({ kind, meta }) => kind !== 'turn_failed' || meta.code === 'timeout',
};
