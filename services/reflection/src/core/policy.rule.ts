import type { PolicyKey } from '#libs/contracts';
import { draft, type Rule } from '#libs/kernel';
import { boundPolicy, SCORE_TOLERANCE, type PendingAssessment, type ReflectionState } from '#libs/mind';

/** It goes well: reflect sooner. It goes badly: later. */
const WELL = { efficacy: 0.6, hitRate: 0.5, turns: -1, secondsFactor: 0.9 };
const BADLY = { efficacy: 0.2, hitRate: 0.2, turns: 1, secondsFactor: 1.15 };
/** Smaller changes are not made. */
const LEAST_CHANGE = 0.1;
const DECIMALS = 3;

/** The policy values that follow from a self-assessment; none when it says nothing, or all changes are too small. */
export function policyAfter(assessment: PendingAssessment): Record<string, number> {
  const { efficacy, hitRate, minTurns, minSeconds } = assessment;
  const well = efficacy >= WELL.efficacy && hitRate >= WELL.hitRate;
  const badly = efficacy < BADLY.efficacy && hitRate < BADLY.hitRate;
  if (!well && !badly) return {};
  const { turns, secondsFactor } = well ? WELL : BADLY;
  const seconds = Number((minSeconds * secondsFactor).toFixed(DECIMALS));
  return {
    ...changed('reflection.min_turns', minTurns, minTurns + turns),
    ...changed('reflection.min_seconds', minSeconds, seconds),
  };
}

function changed(key: PolicyKey, before: number, wanted: number): Record<string, number> {
  const after = boundPolicy(key, wanted);
  const enough = Math.abs(after - before) >= LEAST_CHANGE * before - SCORE_TOLERANCE;
  return enough ? { [key.slice(key.indexOf('.') + 1)]: after } : {};
}

/** Right after a self-assessment, when it says so. */
export const policyRule: Rule<ReflectionState> = {
  name: 'policy_update',
  kinds: ['self_assessment', 'autonomy_tick'],
  decide: ({ windows: { pending } }) => {
    const params = pending ? policyAfter(pending) : {};
    if (!pending || Object.keys(params).length === 0) return [];
    const reason = `self-assessment #${pending.position}`;
    return [
      {
        cause: `assessment:${pending.position}`,
        drafts: [draft('policy_update', { component: 'reflection', params, reason })],
      },
    ];
  },
};
