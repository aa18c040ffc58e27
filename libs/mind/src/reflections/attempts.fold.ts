import type { MindEvent } from '#libs/contracts';
import type { Section } from '#libs/kernel';
import { isImported } from '../events/event-fields';
import type { ScoresState } from '../metrics/scores.fold';
import type { TicksState } from '../ticks/ticks.fold';

/** What the gates of reflection look at. An attempt is a `reflection` or a `reflection_rejected`. */
export interface AttemptsState {
  /** Position of the last attempt; 0 when there was none. */
  position: number;
  at: string | null;
  /** Number of the last tick before it. */
  tick: number;
  /** GAS as it was known at that attempt. */
  gas: number;
  /** Replies since. */
  turns: number;
  /** Position of the first `reflection_requested` since; 0 when there is none. */
  requested: number;
  /** Position of the last adoption since; 0 when there is none. */
  adopted: number;
}

/** Must stand after the scores and the ticks. */
export const attemptsSection: Section<AttemptsState, { scores: ScoresState; ticks: TicksState }> = {
  kinds: ['reflection', 'reflection_rejected', 'assistant_message', 'reflection_requested', 'identity_adopt'],
  initialState: () => ({ position: 0, at: null, tick: 0, gas: 0, turns: 0, requested: 0, adopted: 0 }),
  evolve: (state, event, { scores, ticks }) => {
    if (event.kind === 'reflection' || event.kind === 'reflection_rejected') {
      state.position = event.position;
      state.at = event.at;
      state.tick = ticks.tick;
      state.gas = scores.gas;
      state.turns = 0;
      state.requested = 0;
      state.adopted = 0;
    } else if (!isImported(event)) {
      note(state, event);
    }
    return state;
  },
};

function note(state: AttemptsState, event: MindEvent): void {
  switch (event.kind) {
    case 'assistant_message':
      state.turns++;
      break;
    case 'reflection_requested':
      state.requested ||= event.position;
      break;
    case 'identity_adopt':
      state.adopted = event.position;
      break;
  }
}
