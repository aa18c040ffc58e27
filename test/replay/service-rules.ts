import type { Rule } from '#libs/kernel';
import { SERVICE_FOLDS, turnTimeoutRule, type OpaqueFold, type StatefulService } from '#libs/mind';
import { commitmentRules } from '../../services/commitment/src/core/rules';
import { projectionRules } from '../../services/projection/src/core/rules';
import { reflectionRules } from '../../services/reflection/src/core/rules';

/** A service as its state is folded and decided on, for laws that hold for each of them. */
export interface RuledService {
  service: StatefulService;
  fold: OpaqueFold;
  rules: readonly Rule<Record<string, unknown>>[];
}

const opaque = (rules: readonly object[]) => rules as readonly Rule<Record<string, unknown>>[];

export const RULED_SERVICES: readonly RuledService[] = [
  { service: 'projection', fold: SERVICE_FOLDS.projection, rules: opaque(projectionRules) },
  { service: 'commitment', fold: SERVICE_FOLDS.commitment, rules: opaque(commitmentRules) },
  { service: 'reflection', fold: SERVICE_FOLDS.reflection, rules: opaque(reflectionRules) },
  { service: 'conversation', fold: SERVICE_FOLDS.conversation, rules: opaque([turnTimeoutRule]) },
];
