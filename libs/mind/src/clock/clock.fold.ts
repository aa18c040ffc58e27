import { REGISTRY } from '#libs/contracts';
import type { Section } from '#libs/kernel';
import { isImported } from '../events/event-fields';

/** What time it is in a mind: that of its last event of the registry. The log's own clock, so that rules need no other. */
export interface ClockState {
  /** `at` of the first event. */
  firstAt: string | null;
  /** `at` of the last event. */
  at: string | null;
  /** Position of the first event that no import of an original ledger wrote; 0 while there is none. */
  ownSince: number;
}

export const clockSection: Section<ClockState> = {
  kinds: Object.keys(REGISTRY),
  initialState: () => ({ firstAt: null, at: null, ownSince: 0 }),
  evolve: (state, event) => {
    state.firstAt ??= event.at;
    state.at = event.at;
    if (state.ownSince === 0 && !isImported(event)) state.ownSince = event.position;
    return state;
  },
};

/** Milliseconds from one time of the log to another; 0 when either is unknown. */
export const millisecondsBetween = (from: string | null, to: string | null): number =>
  from === null || to === null ? 0 : Date.parse(to) - Date.parse(from);
