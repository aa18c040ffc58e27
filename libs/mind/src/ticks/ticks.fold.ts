import type { Section } from '#libs/kernel';
import { integerField, isImported } from '../events/event-fields';

/** The beats of a mind. */
export interface TicksState {
  /** Number of the last tick; it never shrinks. */
  tick: number;
  at: string | null;
  /** Positions of the last tick, of the one before, and of the one before that; 0 where there is none. */
  position: number;
  previous: number;
  beforePrevious: number;
  /** Number of the first tick that was not imported: imported commitments age from it. */
  firstOwnTick: number | null;
}

export const ticksSection: Section<TicksState> = {
  kinds: ['autonomy_tick'],
  initialState: () => ({
    tick: 0,
    at: null,
    position: 0,
    previous: 0,
    beforePrevious: 0,
    firstOwnTick: null,
  }),
  evolve: (state, event) => {
    state.tick = Math.max(state.tick + 1, integerField(event, 'tick') ?? 0);
    state.at = event.at;
    state.beforePrevious = state.previous;
    state.previous = state.position;
    state.position = event.position;
    if (!isImported(event)) state.firstOwnTick ??= state.tick;
    return state;
  },
};
