import type { Rule } from '#libs/kernel';
import type { ReflectionState } from '#libs/mind';
import { metaReflectionRule, selfAssessmentRule } from './assessment.rules';
import { policyRule } from './policy.rule';
import { rewardRule } from './reward.rule';

/** All rules of reflection that call no model, in the order in which they decide. */
export const reflectionRules: readonly Rule<ReflectionState>[] = [
  rewardRule,
  metaReflectionRule,
  selfAssessmentRule,
  policyRule,
];
