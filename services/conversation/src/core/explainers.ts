import type { Explainer, Explainers } from '#libs/kernel';
import { citedPositions, TURN_TIMEOUT_MS, type ConversationState } from '#libs/mind';

/** The turns that were at hand when the model was asked, and what its reply cites. */
const context: Explainer<ConversationState> = ({ turns }, { content, meta }, cause) => ({
  contextPosition: cause.position,
  promptDigest: meta.promptDigest ?? null,
  model: { provider: meta.provider ?? null, model: meta.model ?? null },
  cited: citedPositions(content),
  turnsAtHand: turns.turns.flatMap(({ user, reply }) =>
    [user, reply].flatMap((said) => (said ? [said.position] : [])),
  ),
  controls: meta.controls ?? [],
});

/** What a turn or its timeout saw, by the kind of event that it writes. */
export const conversationExplainers: Explainers<ConversationState> = {
  assistant_message: context,
  turn_failed: ({ turns }, { meta }, cause) => {
    const open = turns.open.get(String(meta.turnId));
    return open
      ? { openSince: open.position, openedAt: open.at, tickAt: cause.at, limitMs: TURN_TIMEOUT_MS }
      : null;
  },
};
