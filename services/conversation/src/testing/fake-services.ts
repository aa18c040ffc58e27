import type {
  CommitmentsReply,
  Folded,
  JudgeReply,
  JudgeRequest,
  ReflectionsReply,
  SelfModelReply,
} from '#libs/contracts';
import { AppError, commitmentId, digestOf, foldAll, normaliseText, type Fold } from '#libs/kernel';
import {
  activeDirectives,
  commitmentFold,
  conversationFold,
  projectionFold,
  type CommitmentState,
  type ConversationState,
} from '#libs/mind';
import type { CommandOutcome, Seen } from '#libs/messaging';
import type { CommandPort } from '../app/model-switch';
import type {
  ConversationPort,
  ConversationView,
  MemoryPort,
  MindViews,
  Question,
  Recall,
} from '../app/ports';
import type { ContextItem } from '../core/context-item';
import { saidBefore } from '../core/said';
import { recallByWords } from '../core/word-recall';
import type { MemoryLog } from './memory-log';

/** The other services, each as a fold of the log from position 1: slow, and never wrong about the log. */
export class FakeServices implements MindViews, MemoryPort, ConversationPort, CommandPort {
  /** Called before an answer; may throw, or append what happens meanwhile. */
  before: (
    call: 'selfModel' | 'commitments' | 'reflections' | 'judge' | 'recall' | 'view',
  ) => Promise<void> | void = () => undefined;

  constructor(private readonly log: MemoryLog) {}

  async selfModel(question: Question): Promise<SelfModelReply> {
    await this.before('selfModel');
    const { state, folded } = this.fold(projectionFold, question.minPosition);
    return {
      identity: { name: state.identity.name, traits: { ...state.traits } as never },
      userName: state.userName.name,
      stage: state.stage.stage,
      metrics: { ias: 0, gas: 0 },
      directives: activeDirectives(state.directives),
      knowledge: state.knowledge.statements,
      policies: {},
      tick: state.ticks.tick,
      ...folded,
    };
  }

  async commitments(question: Question & { limit: number }): Promise<CommitmentsReply> {
    await this.before('commitments');
    const { state, folded } = this.fold(commitmentFold, question.minPosition);
    const commitments = [...state.commitments.open].map(
      ([cid, { text, source, openedAt, openPosition }]) => ({
        cid,
        text,
        status: 'open' as const,
        source,
        origin: null,
        openedAt,
        openPosition,
        score: 0,
      }),
    );
    return { commitments: commitments.slice(0, question.limit), projects: [], ...folded };
  }

  async reflections(question: Question & { limit: number }): Promise<ReflectionsReply> {
    await this.before('reflections');
    const { folded } = this.fold(projectionFold, question.minPosition);
    const reflections = this.log.of('reflection').slice(-question.limit);
    return {
      reflections: reflections.map(({ position, content: text }) => ({ position, text }) as never),
      gate: {} as never,
      ...folded,
    };
  }

  async judge({ mind, minPosition, opens, closes }: JudgeRequest): Promise<JudgeReply> {
    await this.before('judge');
    const { state, folded } = this.fold(commitmentFold, minPosition ?? 0);
    const { open } = state.commitments;
    const { closed, expired } = state.ended;
    return {
      opens: opens.map(({ id, text }) => openVerdict(mind, state, { id, text })),
      closes: closes.map(({ cid, evidence }) => {
        const commitment = open.get(cid);
        if (!commitment) return { accepted: false, reason: 'it is not open' };
        const proven = evidence.some((n) => n > commitment.openPosition && n <= folded.watermark);
        return proven ? { accepted: true, existing: false } : { accepted: false, reason: 'no such evidence' };
      }),
      known: closes
        .map(({ cid }) => cid)
        .filter((cid) => open.has(cid) || closed.has(cid) || expired.has(cid)),
      ...folded,
    };
  }

  async recall({ text, limit, minPosition, before }: Recall): Promise<ContextItem[]> {
    await this.before('recall');
    const { state } = this.fold(projectionFold, minPosition);
    const statements = state.knowledge.statements.map(({ position, statement }): ContextItem => ({
      kind: 'recalled',
      position,
      text: statement,
    }));
    return recallByWords(
      text,
      statements.filter(({ position }) => position < before),
      limit,
    );
  }

  async view({ before, minPosition }: Question & { before: number }): Promise<ConversationView> {
    await this.before('view');
    const { state, folded } = this.fold(conversationFold, minPosition);
    return { said: saidBefore(state.turns, before), model: state.model.current, watermark: folded.watermark };
  }

  async command<T>(
    mind: string,
    _deadlineAt: number,
    decide: (state: ConversationState, seen: Seen) => CommandOutcome<T>,
  ): Promise<T> {
    const { state, folded } = this.fold(conversationFold, 0);
    const outcome = decide(state, { watermark: folded.watermark, headHash: null });
    if (!outcome.events) return outcome.value;
    const request = { mind, events: outcome.events, expectedPosition: folded.watermark };
    return outcome.answer(await this.log.append(request));
  }

  private fold<S extends object>(fold: Fold<S>, minPosition: number): { state: S; folded: Folded } {
    const watermark = this.log.events.length;
    if (minPosition > watermark)
      throw new AppError('invalid_request', `position ${minPosition} is beyond the head`);
    const state = foldAll(fold, structuredClone(this.log.events));
    return { state, folded: { watermark, digest: digestOf(fold, state) } };
  }
}

function openVerdict(
  mind: string,
  { commitments }: CommitmentState,
  { id, text }: { id: string; text: string },
) {
  const same = [...commitments.open].find(([, other]) => normaliseText(other.text) === normaliseText(text));
  if (same) return { accepted: true as const, cid: same[0], existing: true };
  return { accepted: true as const, cid: commitmentId(mind, id), existing: false };
}
