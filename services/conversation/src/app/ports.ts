import type {
  AppendReply,
  AppendRequest,
  CommitmentsReply,
  IdsReply,
  IdsRequest,
  JudgeReply,
  JudgeRequest,
  MindInfo,
  ReflectionsReply,
  SelfModelReply,
  TurnSignal,
} from '#libs/contracts';
import type { ContextItem } from '../core/context-item';

export interface Deadline {
  /** Milliseconds since 1970 after which nobody waits. */
  deadlineAt: number;
}

/** What a turn needs of the log. It only appends, and reads by id. */
export interface LogPort {
  append(request: AppendRequest, options: Deadline): Promise<AppendReply>;
  byIds(request: IdsRequest, options: Deadline): Promise<IdsReply>;
  mind(mind: string, options: Deadline): Promise<MindInfo>;
}

/** A question about a mind as it was after `minPosition`, or later. */
export interface Question extends Deadline {
  mind: string;
  minPosition: number;
}

/** What the other services have folded. */
export interface MindViews {
  selfModel(question: Question): Promise<SelfModelReply>;
  /** The most urgent first. */
  commitments(question: Question & { limit: number }): Promise<CommitmentsReply>;
  /** The newest first. */
  reflections(question: Question & { limit: number }): Promise<ReflectionsReply>;
  /** What would become of control lines; nothing is written. */
  judge(request: JudgeRequest, options: Deadline): Promise<JudgeReply>;
}

export interface Recall extends Question {
  /** What is said. */
  text: string;
  /** Only what is older than this position. */
  before: number;
  limit: number;
}

/** What comes to mind when something is said: the best first. Recalled items are never evidence by themselves. */
export interface MemoryPort {
  recall(question: Recall): Promise<ContextItem[]>;
}

/** Conversation's own fold of a mind. */
export interface ConversationView {
  /** The last turns before a position, oldest first. */
  said: ContextItem[];
  /** The model that the mind was switched to, if ever. */
  model: { provider: string; model: string } | null;
  watermark: number;
}
export interface ConversationPort {
  view(question: Question & { before: number }): Promise<ConversationView>;
}

/** Where a streamed turn is published while it comes. */
export interface SignalPort {
  publish(mind: string, turnId: string, signal: TurnSignal): void;
}

/** How long our own services are waited for once the model has answered; the caller may be gone by then. */
export const OWN_PATIENCE_MS = 30_000;

/** Hears how each turn ended, for counters and the log of this process. */
export interface TurnObserver {
  ended(turn: { mind: string; turnId: string }, result: { error?: unknown }): void;
}
