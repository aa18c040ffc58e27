import type { CommandOutcome, IncrementalCache, Seen } from '#libs/messaging';
import type { ConversationState } from '#libs/mind';
import type { CommandPort } from '../app/model-switch';
import type { ConversationPort, ConversationView, Question } from '../app/ports';
import { saidBefore } from '../core/said';

/** Conversation's own fold, from the incremental cache. */
export class CachedConversation implements ConversationPort, CommandPort {
  constructor(private readonly cache: IncrementalCache<ConversationState>) {}

  view({ mind, before, minPosition, deadlineAt }: Question & { before: number }): Promise<ConversationView> {
    return this.cache.read(mind, { minPosition, deadlineAt }, ({ turns, model }) => ({
      said: saidBefore(turns, before),
      model: model.current && { ...model.current },
    }));
  }

  command<T>(
    mind: string,
    deadlineAt: number,
    decide: (state: ConversationState, seen: Seen) => CommandOutcome<T>,
  ): Promise<T> {
    return this.cache.command(mind, deadlineAt, decide);
  }
}
