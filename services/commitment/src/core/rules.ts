import type { Rule } from '#libs/kernel';
import type { CommitmentState } from '#libs/mind';
import { dueRule, expireRule } from './lifetime.rules';
import { projectCloseRule } from './project-close.rule';
import { rebindRule } from './rebind.rule';

/** All rules of the commitments, in the order in which they decide. */
export const commitmentRules: readonly Rule<CommitmentState>[] = [
  rebindRule,
  dueRule,
  expireRule,
  projectCloseRule,
];
