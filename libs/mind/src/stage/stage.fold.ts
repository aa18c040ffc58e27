import { STAGES, type Stage } from '#libs/contracts';
import type { Section } from '#libs/kernel';
import { textField } from '../events/event-fields';

/** The one authoritative stage, changed only by `stage_update`. */
export interface StageState {
  stage: Stage;
  /** Position of the last `stage_update`; 0 when there was none. */
  position: number;
}

export const stageSection: Section<StageState> = {
  kinds: ['stage_update'],
  initialState: () => ({ stage: 'S0', position: 0 }),
  evolve: (state, event) => {
    const to = textField(event, 'to');
    const stage = STAGES.find((candidate) => candidate === to);
    if (stage) {
      state.stage = stage;
      state.position = event.position;
    }
    return state;
  },
};
