export {
  commitmentFold,
  conversationFold,
  projectionFold,
  reflectionFold,
  SERVICE_FOLDS,
  type CommitmentState,
  type ConversationState,
  type OpaqueFold,
  type ProjectionState,
  type ReflectionState,
  type StatefulService,
} from './services';
export { millisecondsBetween, type ClockState } from './clock/clock.fold';
export { type TicksState } from './ticks/ticks.fold';
export {
  SAID_BYTES,
  TURN_IDS_KEPT,
  TURN_TIMEOUT_MS,
  TURNS_KEPT,
  TURNS_TEXT_BYTES,
} from './turns/turns.constants';
export { type Said, type Turn, type TurnRecord, type TurnsState } from './turns/turns.fold';
export { outcomeId, turnTimeoutRule, userMessageId } from './turns/turn-timeout.rule';
export * from './identity/identity.constants';
export { type Adoption, type IdentityState, type Proposal } from './identity/identity.fold';
export { acceptedProposal, adoptableProposal, adoptionDrafts } from './identity/adoption';
export { type UserNameState } from './identity/user-name.fold';
export { TRAIT_START, type TraitsState } from './traits/traits.fold';
export {
  DRIFT,
  DRIFT_DECIMALS,
  DRIFT_REASONS,
  driftWindow,
  STABLE_FROM_TICKS,
  STABLE_TO_TICKS,
} from './drift/drift.constants';
export { type DriftReason } from './drift/drift.constants';
export { type DriftState } from './drift/drift.fold';
export { GAS_STEP, IAS_STEP, SCORE_TOLERANCE } from './metrics/metrics.constants';
export { type MetricsState } from './metrics/metrics.fold';
export { metricsReadOut } from './metrics/metrics.read-out';
export { type ScoresState } from './metrics/scores.fold';
export {
  SAMPLES_NEEDED,
  STAGE_BOUNDS,
  STAGE_MARGIN,
  STAGE_TABLE,
  type StageRow,
} from './stage/stage.constants';
export { type StageState } from './stage/stage.fold';
export { type SamplesState, type ScoreSample } from './stage/samples.fold';
export * from './commitments/commitments.constants';
export {
  type ClosedCommitment,
  type CommitmentsState,
  type ExpiredCommitment,
  type OpenCommitment,
  type Priority,
  type Rebind,
} from './commitments/commitment.types';
export { commitmentScore } from './commitments/commitment-score';
export { checkCommitmentText, type CheckedText } from './commitments/commitment-text';
export { ACTIVE_DIRECTIVES } from './directives/directives.constants';
export {
  activeDirectives,
  directiveScore,
  type DirectiveEntry,
  type DirectivesState,
} from './directives/directives.fold';
export { KNOWLEDGE_KEPT, type KnowledgeState } from './knowledge/knowledge.fold';
export { boundPolicy, isPolicyKey, type PoliciesState } from './policies/policies.fold';
export { effectivePolicy } from './policies/effective-policy';
export { type ModelState } from './model/model.fold';
export * from './reflections/reflections.constants';
export { type ReflectionRecord, type ReflectionsState } from './reflections/reflections.fold';
export { type AttemptsState } from './reflections/attempts.fold';
export { type MaterialState, type SaidLine } from './reflections/material.fold';
export { chooseStyle, meanReward, type BanditState, type DueReward } from './reflections/bandit.fold';
export {
  type DueAssessment,
  type DueWindow,
  type PendingAssessment,
  type WindowsState,
} from './reflections/windows.fold';
export { type WindowCounts } from './reflections/window-counts';
export { citedPositions } from './text/citations';
export { countCharacters, cutBytes, cutText } from './text/cut-text';
export { leadingName, validName, type LeadingName } from './text/names';
export { readUserText } from './text/read-user-text';
export { sentencesOf, type Sentence } from './text/sentences';
export { storableText } from './text/storable-text';
export { holdsWord, replaceWord } from './text/whole-word';
export { ngramOverlap, repeatedWordShare, wordsOf } from './text/words';
export { ControlFilter, parseControlLines } from './control-lines/control-filter';
export {
  CONTROL_LINES,
  controlPrefixes,
  readControlLine,
  REFLECTION_CONTROLS,
  REPLY_CONTROLS,
  type ControlKind,
  type ControlLine,
} from './control-lines/control-line';
