import type { MindEvent } from '#libs/contracts';
import { composeFold, type Fold, type Rule } from '#libs/kernel';

export interface TestState {
  /** Depends on every event of its kinds and on their order. */
  trail: { length: number; mix: number };
  /** What was asked for and is not done yet, by position; and the last tick. */
  duties: { open: Map<string, string>; tick: number };
}

/** The content that makes the fold throw. */
export const POISON = 'poison';

/** A small fold of two sections, with a `Map` in one of them. */
export const testFold: Fold<TestState> = makeTestFold(1);

/** Each version makes something else of the same log. */
export function makeTestFold(version: number): Fold<TestState> {
  return composeFold<TestState>(version, {
    trail: {
      kinds: ['x.say', 'x.answer'],
      initialState: () => ({ length: 0, mix: 6 + version }),
      evolve: (state, event) => {
        state.length += 1;
        if (event.content === POISON) throw new Error('poisoned');
        for (const letter of event.content) state.mix = (state.mix * 31 + letter.charCodeAt(0)) % 1_000_003;
        return state;
      },
    },
    duties: {
      kinds: ['x.duty', 'x.done', 'autonomy_tick'],
      initialState: () => ({ open: new Map<string, string>(), tick: 0 }),
      evolve: (state, event) => {
        if (event.kind === 'x.duty') state.open.set(String(event.position), event.content);
        else if (event.kind === 'x.done') state.open.delete(event.content);
        else state.tick += 1;
        return state;
      },
    },
  });
}

/** At a tick, does the oldest duty. */
export const doDuty: Rule<TestState> = {
  name: 'do-duty',
  kinds: ['autonomy_tick'],
  decide: ({ duties }) => {
    const [oldest] = duties.open.keys();
    if (oldest === undefined) return [];
    return [{ cause: `tick:${duties.tick}`, drafts: [{ kind: 'x.done', content: oldest, meta: {} }] }];
  },
};

/** Answers what is said with a question mark, with what the state holds at exactly that position. */
export const answer: Rule<TestState> = {
  name: 'answer',
  kinds: ['x.say'],
  decide: ({ trail }, event: MindEvent) =>
    event.content.includes('?')
      ? [
          {
            cause: `say:${event.position}`,
            drafts: [{ kind: 'x.answer', content: `${trail.length}/${trail.mix}`, meta: {} }],
          },
        ]
      : [],
};
