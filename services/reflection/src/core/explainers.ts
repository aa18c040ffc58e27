import { STYLES, type JsonObject } from '#libs/contracts';
import type { BasisParts, Explainer, Explainers } from '#libs/kernel';
import { chooseStyle, meanReward, type ReflectionState } from '#libs/mind';
import { ofReflection } from './beside-reflection';
import { atTick, gate, NO_CALLS } from './gate';
import { attemptEventId } from './result';

/**
 * What opened the gate at that tick, and what the bandit knew. Not this tick: another trigger or another style. The id
 * of an attempt is made of the attempt before it: `sameId` is false only in a copied mind.
 */
const attempt: Explainer<ReflectionState> = (state, { meta, id, mind }, cause) => {
  if (cause.kind !== 'autonomy_tick') return null;
  const { wouldReflect, reason, ...numbers } = gate(state, atTick(state), NO_CALLS);
  const style = chooseStyle(state.bandit);
  if (!wouldReflect || reason !== meta.trigger || style !== meta.style) return null;
  const { attempts, scores, stage, ticks } = state;
  return {
    gate: {
      ...{ trigger: reason, stage: stage.stage, tick: ticks.tick, ...numbers },
      ...{ ticksSince: ticks.tick - attempts.tick, previousAttempt: attempts.position },
      sameId: id === attemptEventId(mind, attempts.position, 0),
      ...{ requestedAt: attempts.requested, adoptedAt: attempts.adopted },
      gas: { now: scores.gas, atPreviousAttempt: attempts.gas, metricsUpdate: scores.position },
    },
    style: { chosen: style, ...banditOf(state), because: reasonOfStyle(state, style) },
    said: state.material.said.map(({ position }) => position),
  };
};

const reasonOfStyle = ({ bandit }: ReflectionState, style: (typeof STYLES)[number]): string =>
  bandit.tried.has(style) ? 'highest mean reward' : 'not tried yet';

const banditOf = ({ bandit }: ReflectionState): JsonObject => ({
  styles: STYLES.map((style) => ({
    ...{ style, tried: bandit.tried.get(style) ?? 0 },
    ...{ rewards: bandit.rewards.get(style)?.count ?? 0, meanReward: meanReward(bandit, style) },
  })),
});

const explainers: Explainers<ReflectionState> = {
  reflection: attempt,
  reflection_rejected: attempt,
  bandit_reward: ({ bandit }, { meta }) => {
    const due = bandit.due.get(Number(meta.reflection));
    return due ? { ...due } : null;
  },
  meta_reflection: ({ windows: { dueMeta } }) => plain(dueMeta),
  self_assessment: ({ windows: { dueAssessment } }) => plain(dueAssessment),
  policy_update: ({ windows: { pending } }) => plain(pending),
};

/** What the rules and the gate of reflection saw, by the kind of event that they write. */
export const reflectionWhy: Omit<BasisParts<ReflectionState>, 'service' | 'rules'> = {
  explainers,
  besides: {
    commitment_open: ofReflection,
    commitment_close: ofReflection,
    autonomy_directive: ofReflection,
    policy_update: ofReflection,
  },
  onState: ({ kind, meta }) => kind !== 'policy_update' || meta.reason !== 'reflection',
};

/** The state keeps plain data only; a copy, so that no reference leaves it. */
const plain = (value: object | null): JsonObject | null =>
  value && (JSON.parse(JSON.stringify(value)) as JsonObject);
