import { composeFold, type Fold } from '#libs/kernel';
import { clockSection } from './clock/clock.fold';
import { commitmentsSection } from './commitments/commitments.fold';
import { endedSection } from './commitments/ended.fold';
import type { CommitmentsState, EndedState } from './commitments/commitment.types';
import { directivesSection, type DirectivesState } from './directives/directives.fold';
import { driftSection, type DriftState } from './drift/drift.fold';
import { identitySection, type IdentityState } from './identity/identity.fold';
import { userNameSection, type UserNameState } from './identity/user-name.fold';
import { knowledgeSection, type KnowledgeState } from './knowledge/knowledge.fold';
import { metricsSection, type MetricsState } from './metrics/metrics.fold';
import { scoresSection, type ScoresState } from './metrics/scores.fold';
import { modelSection, type ModelState } from './model/model.fold';
import { policiesSection, type PoliciesState } from './policies/policies.fold';
import { attemptsSection, type AttemptsState } from './reflections/attempts.fold';
import { banditSection, type BanditState } from './reflections/bandit.fold';
import { materialSection, type MaterialState } from './reflections/material.fold';
import { reflectionsSection, type ReflectionsState } from './reflections/reflections.fold';
import { windowsSection, type WindowsState } from './reflections/windows.fold';
import { samplesSection, type SamplesState } from './stage/samples.fold';
import { stageSection, type StageState } from './stage/stage.fold';
import { ticksSection, type TicksState } from './ticks/ticks.fold';
import { traitsSection, type TraitsState } from './traits/traits.fold';
import { turnsSection, type TurnsState } from './turns/turns.fold';
import type { ClockState } from './clock/clock.fold';

/** What each service keeps of a mind. Sections stand in the order in which they fold an event. */

export type ProjectionState = {
  clock: ClockState;
  ticks: TicksState;
  identity: IdentityState;
  userName: UserNameState;
  traits: TraitsState;
  metrics: MetricsState;
  scores: ScoresState;
  stage: StageState;
  samples: SamplesState;
  drift: DriftState;
  directives: DirectivesState;
  knowledge: KnowledgeState;
  policies: PoliciesState;
};

export const projectionFold: Fold<ProjectionState> = composeFold<ProjectionState>(2, {
  clock: clockSection,
  ticks: ticksSection,
  identity: identitySection,
  userName: userNameSection,
  traits: traitsSection,
  metrics: metricsSection,
  scores: scoresSection,
  stage: stageSection,
  samples: samplesSection,
  drift: driftSection,
  directives: directivesSection,
  knowledge: knowledgeSection,
  policies: policiesSection,
});

export type CommitmentState = {
  clock: ClockState;
  ticks: TicksState;
  identity: IdentityState;
  ended: EndedState;
  commitments: CommitmentsState;
};

export const commitmentFold: Fold<CommitmentState> = composeFold<CommitmentState>(4, {
  clock: clockSection,
  ticks: ticksSection,
  identity: identitySection,
  ended: endedSection,
  commitments: commitmentsSection,
});

export type ReflectionState = {
  clock: ClockState;
  ticks: TicksState;
  identity: IdentityState;
  userName: UserNameState;
  traits: TraitsState;
  scores: ScoresState;
  stage: StageState;
  policies: PoliciesState;
  commitments: CommitmentsState;
  directives: DirectivesState;
  model: ModelState;
  reflections: ReflectionsState;
  attempts: AttemptsState;
  material: MaterialState;
  bandit: BanditState;
  windows: WindowsState;
};

export const reflectionFold: Fold<ReflectionState> = composeFold<ReflectionState>(5, {
  clock: clockSection,
  ticks: ticksSection,
  identity: identitySection,
  userName: userNameSection,
  traits: traitsSection,
  scores: scoresSection,
  stage: stageSection,
  policies: policiesSection,
  commitments: commitmentsSection,
  directives: directivesSection,
  model: modelSection,
  reflections: reflectionsSection,
  attempts: attemptsSection,
  material: materialSection,
  bandit: banditSection,
  windows: windowsSection,
});

export type ConversationState = {
  clock: ClockState;
  ticks: TicksState;
  turns: TurnsState;
  model: ModelState;
};

export const conversationFold: Fold<ConversationState> = composeFold<ConversationState>(1, {
  clock: clockSection,
  ticks: ticksSection,
  turns: turnsSection,
  model: modelSection,
});

/** A fold whose state the caller does not look into. */
export type OpaqueFold = Fold<Record<string, unknown>>;
const opaque = <S extends Record<string, unknown>>(fold: Fold<S>): OpaqueFold =>
  fold as unknown as OpaqueFold;

/** The services that keep a state of each mind. */
export type StatefulService = 'projection' | 'commitment' | 'reflection' | 'conversation';

/** The fold of each of them; what `replay` runs through. */
export const SERVICE_FOLDS: Record<StatefulService, OpaqueFold> = {
  projection: opaque(projectionFold),
  commitment: opaque(commitmentFold),
  reflection: opaque(reflectionFold),
  conversation: opaque(conversationFold),
};
