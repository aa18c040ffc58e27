import { draft, type Rule } from '#libs/kernel';
import type { DueReward, ReflectionState } from '#libs/mind';

const IAS_WEIGHT = 0.5;
const CLOSES_WEIGHT = 0.5;

/** clip(0.5 max(0, ΔIAS) + 0.5 closes / max(1, opens), 0, 1) of the time between a reflection and its reward. */
export const rewardOf = ({ iasChange, opens, closes }: DueReward): number =>
  Math.min(1, IAS_WEIGHT * Math.max(0, iasChange) + (CLOSES_WEIGHT * closes) / Math.max(1, opens));

/** At the first tick at least 3 after a reflection, to its style. */
export const rewardRule: Rule<ReflectionState> = {
  name: 'bandit_reward',
  kinds: ['autonomy_tick'],
  decide: ({ bandit }) =>
    [...bandit.due].map(([reflection, due]) => ({
      cause: `reflection:${reflection}`,
      drafts: [draft('bandit_reward', { reflection, style: due.style, reward: rewardOf(due) })],
    })),
};
