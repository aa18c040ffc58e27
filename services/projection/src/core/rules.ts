import type { Rule } from '#libs/kernel';
import type { ProjectionState } from '#libs/mind';
import { adoptionRule } from './adoption.rule';
import { driftRule } from './drift.rule';
import { metricsRule } from './metrics.rule';
import { stageRule } from './stage.rule';

/** All rules of the projection, in the order in which they decide. */
export const projectionRules: readonly Rule<ProjectionState>[] = [
  driftRule,
  metricsRule,
  stageRule,
  adoptionRule,
];
