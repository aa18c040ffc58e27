import type { Section } from '#libs/kernel';
import { pushBounded } from '../events/bounded';
import { integerField } from '../events/event-fields';
import { cutText } from '../text/cut-text';
import { SAID_KEPT, SAID_UNITS } from './reflections.constants';

export interface SaidLine {
  position: number;
  by: 'user' | 'assistant';
  /** Its first 500 characters. */
  text: string;
  cut: boolean;
}

/** What was said since the last attempt at a reflection. */
export interface MaterialState {
  /** The last 40, oldest first. */
  said: SaidLine[];
  /** How many there were in all. */
  count: number;
}

export const materialSection: Section<MaterialState> = {
  kinds: ['user_message', 'assistant_message', 'reflection', 'reflection_rejected'],
  initialState: () => ({ said: [], count: 0 }),
  evolve: (state, event) => {
    if (event.kind === 'user_message' || event.kind === 'assistant_message') {
      const by = event.kind === 'user_message' ? 'user' : 'assistant';
      const text = cutText(event.content, SAID_UNITS);
      const cut = text.length < event.content.length;
      pushBounded(state.said, { position: event.position, by, text, cut }, SAID_KEPT);
      state.count++;
    } else {
      // What was said while the model reflected is beyond `to`, and belongs to the next reflection.
      const to = event.kind === 'reflection' ? (integerField(event, 'to') ?? event.position) : event.position;
      state.said = state.said.filter(({ position }) => position > to);
      state.count = state.said.length;
    }
    return state;
  },
};
