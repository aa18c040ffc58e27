import type { Models } from '#libs/llm';
import type { CacheSettings } from '#libs/messaging';
import {
  commitmentFold,
  conversationFold,
  projectionFold,
  reflectionFold,
  turnTimeoutRule,
  type ConversationState,
} from '#libs/mind';
import { CommitmentController } from '../../../services/commitment/src/adapters/commitment.controller';
import { Commitments } from '../../../services/commitment/src/app/commitments';
import { PastCommitments } from '../../../services/commitment/src/app/past-commitments';
import { commitmentRules } from '../../../services/commitment/src/core/rules';
import { ProjectionController } from '../../../services/projection/src/adapters/projection.controller';
import { SelfModels } from '../../../services/projection/src/app/self-models';
import { projectionRules } from '../../../services/projection/src/core/rules';
import { ReflectionController } from '../../../services/reflection/src/adapters/reflection.controller';
import { Attempts } from '../../../services/reflection/src/app/attempts';
import { ModelCalls } from '../../../services/reflection/src/app/model-calls';
import { Reflections } from '../../../services/reflection/src/app/reflections';
import { reflectionRules } from '../../../services/reflection/src/core/rules';
import { noBudget, type MemberContext } from './context';
import { cacheOf, statefulMember, type StatefulMember } from './stateful';

export function projectionMember(context: MemberContext, settings: CacheSettings): StatefulMember {
  const stateful = { service: 'projection', fold: projectionFold, rules: projectionRules } as const;
  const cache = cacheOf(context, stateful, settings);
  const selfModels = new SelfModels(cache, context.logClient);
  return statefulMember(context, cache, { controller: new ProjectionController(selfModels) });
}

export function commitmentMember(context: MemberContext, settings: CacheSettings): StatefulMember {
  const stateful = { service: 'commitment', fold: commitmentFold, rules: commitmentRules } as const;
  const cache = cacheOf(context, stateful, settings);
  const commitments = new Commitments(cache, new PastCommitments(context.logClient));
  return statefulMember(context, cache, { controller: new CommitmentController(commitments) });
}

export function reflectionMember(
  context: MemberContext,
  settings: CacheSettings,
  models: Models,
): StatefulMember {
  const { clock, log: logger, logClient } = context;
  const stateful = { service: 'reflection', fold: reflectionFold, rules: reflectionRules } as const;
  const cache = cacheOf(context, stateful, settings);
  const attempts = new Attempts({
    ...{ commands: cache, model: models, logger, calls: new ModelCalls() },
    mindInfo: (mind) => logClient.mind(mind),
    budget: noBudget,
    now: () => clock.now(),
    observe: () => undefined,
  });
  cache.addEffect(attempts);
  return statefulMember(context, cache, {
    controller: new ReflectionController(new Reflections(cache, logClient, attempts)),
    beforeShutdown: () => attempts.close(),
  });
}

export const conversationCache = (context: MemberContext, settings: CacheSettings) =>
  cacheOf<ConversationState>(
    context,
    { service: 'conversation', fold: conversationFold, rules: [turnTimeoutRule] },
    settings,
  );
