import type { Section } from '#libs/kernel';
import { pushBounded } from '../events/bounded';
import { cutText } from '../text/cut-text';

export const KNOWLEDGE_KEPT = 100;
/** What is kept of one statement; the log has all of it. */
export const STATEMENT_UNITS = 4_000;

export interface KnowledgeState {
  /** The last 100, oldest first. */
  statements: { position: number; statement: string }[];
  /** How many there were in all. */
  count: number;
}

export const knowledgeSection: Section<KnowledgeState> = {
  kinds: ['knowledge_assert'],
  initialState: () => ({ statements: [], count: 0 }),
  evolve: (state, event) => {
    const statement = cutText(event.content, STATEMENT_UNITS);
    pushBounded(state.statements, { position: event.position, statement }, KNOWLEDGE_KEPT);
    state.count++;
    return state;
  },
};
