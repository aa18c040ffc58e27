import type { MindInfo } from '#libs/contracts';
import type { ContextItem, Message } from '../core/context-item';
import { buildContext, CONTEXT } from '../core/context';
import { buildMessages, fixedTokens } from '../core/prompt';
import type { ConversationPort, MemoryPort, MindViews } from './ports';
import type { BegunTurn } from './turn';

/** Everything that one answer is made from. */
export interface TurnContext {
  choice: { provider: string; model: string };
  items: ContextItem[];
  messages: Message[];
  /** Up to here the mind was known; what is beyond does not exist for this answer. */
  position: number;
}

export interface GathererOptions {
  /** Of the model's context; half of it is filled. */
  contextTokens: number;
  choose(own: { provider: string | null; model: string | null }): { provider: string; model: string };
}

/** More than are told, for some of what is recalled stands among the last turns anyway. */
const RECALL_LIMIT = 5 * CONTEXT.recalled;

/** Asks the services what the mind knows, all at once, at the position of the user's message or later. */
export class ContextGatherer {
  constructor(
    private readonly views: MindViews,
    private readonly memory: MemoryPort,
    private readonly conversation: ConversationPort,
    private readonly options: GathererOptions,
  ) {}

  async gather(turn: BegunTurn, info: MindInfo): Promise<TurnContext> {
    const question = { mind: turn.mind, minPosition: turn.position, deadlineAt: turn.deadlineAt };
    const before = turn.userPosition;
    const [self, commitments, reflections, recalled, own] = await Promise.all([
      this.views.selfModel(question),
      this.views.commitments({ ...question, limit: CONTEXT.commitments }),
      this.views.reflections({ ...question, limit: 1 }),
      this.memory.recall({ ...question, before, text: turn.text, limit: RECALL_LIMIT }),
      this.conversation.view({ ...question, before }),
    ]);
    const known = {
      self,
      commitments: commitments.commitments,
      reflection: reflections.reflections[0] ?? null,
      recalled,
      said: own.said,
    };
    const items = buildContext(known, this.options.contextTokens / 2 - fixedTokens(turn.text));
    const seen = [self, commitments, reflections, own].map(({ watermark }) => watermark);
    return {
      choice: this.options.choose(own.model ?? info),
      items,
      messages: buildMessages(items, turn.text),
      position: Math.max(turn.position, ...seen),
    };
  }
}
