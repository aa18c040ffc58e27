import { LIMITS, type KnowledgeReply } from '#libs/contracts';
import { KNOWLEDGE_KEPT } from '#libs/mind';
import type { Requests } from '#libs/messaging';
import type { ConversationPort, MemoryPort, Question, Recall } from '../app/ports';
import type { ContextItem } from '../core/context-item';
import { recallByWords } from '../core/word-recall';

/** Exactly those that projection keeps: one more, or a `before`, would make it read the log in every turn. */
const STATEMENTS = Math.min(KNOWLEDGE_KEPT, LIMITS.listPage);

/** Recall by shared words over what the mind knows and the turns that are held; a memory of its own comes later. */
export class WordMemory implements MemoryPort {
  constructor(
    private readonly requests: Requests,
    private readonly conversation: ConversationPort,
  ) {}

  /** The best first; where few words fit, the newest statements fill up. */
  async recall({ text, limit, ...question }: Recall): Promise<ContextItem[]> {
    const [knowledge, { said }] = await Promise.all([
      this.knowledge(question),
      this.conversation.view(question),
    ]);
    const turns = said.map((item): ContextItem => ({ ...item, kind: 'recalled' }));
    const fitting = recallByWords(text, [...knowledge, ...turns], limit);
    const rest = knowledge.filter((item) => !fitting.includes(item));
    return [...fitting, ...rest].slice(0, limit);
  }

  private async knowledge({ mind, minPosition, deadlineAt, before }: Question & { before: number }) {
    const payload = { mind, minPosition, limit: STATEMENTS };
    const reply = await this.requests.ask<KnowledgeReply>('projection', mind, 'knowledge', payload, {
      deadlineAt,
    });
    return reply.knowledge
      .filter(({ position }) => position < before)
      .map(({ position, statement }): ContextItem => ({ kind: 'recalled', position, text: statement }));
  }
}
