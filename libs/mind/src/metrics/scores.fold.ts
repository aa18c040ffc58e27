import type { Section } from '#libs/kernel';
import { isImported, numberField } from '../events/event-fields';

/** The scores as the last `metrics_update` told them: how services that keep no metrics know of them. */
export interface ScoresState {
  /** Position of that event; 0 when there was none. */
  position: number;
  ias: number;
  gas: number;
}

export const scoresSection: Section<ScoresState> = {
  kinds: ['metrics_update'],
  initialState: () => ({ position: 0, ias: 0, gas: 0 }),
  evolve: (state, event) => {
    if (isImported(event)) return state;
    state.position = event.position;
    state.ias = numberField(event, 'ias') ?? state.ias;
    state.gas = numberField(event, 'gas') ?? state.gas;
    return state;
  },
};
