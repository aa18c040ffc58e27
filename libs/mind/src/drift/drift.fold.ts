import type { MindEvent } from '#libs/contracts';
import type { Section } from '#libs/kernel';
import { IMPORTED_OPEN_KEPT } from '../commitments/commitments.constants';
import { putLast } from '../events/bounded';
import { isImported, textField } from '../events/event-fields';
import type { TicksState } from '../ticks/ticks.fold';
import { DRIFT_REASONS, driftWindow, type DriftReason } from './drift.constants';

/** The facts that trait drift looks at. Imported events only tell which commitments are open. */
export interface DriftState {
  /** The open commitments: cid → position of the opening. */
  open: Map<string, number>;
  /** Positions of the last close of an open commitment and of the last reflection. */
  closedAt: number;
  reflectedAt: number;
  /** Whether the last attempt at a reflection was rejected for overlap. */
  overlapped: boolean;
  /** Position of the last attempt that was rejected for overlap right after another one. */
  overlappedTwiceAt: number;
  /** Set when the last open commitment is closed: the last tick before; null again once it moved a trait, or one is opened. */
  allClosedTick: number | null;
  /** The window of ticks in which each reason moved a trait last. */
  moved: Map<DriftReason, number>;
}

/** Must stand after the ticks. */
export const driftSection: Section<DriftState, { ticks: TicksState }> = {
  kinds: [
    'commitment_open',
    'commitment_close',
    'commitment_expire',
    'reflection',
    'reflection_rejected',
    'trait_update',
  ],
  initialState: () => ({
    open: new Map(),
    closedAt: 0,
    reflectedAt: 0,
    overlapped: false,
    overlappedTwiceAt: 0,
    allClosedTick: null,
    moved: new Map(),
  }),
  evolve: (state, event, { ticks }) => {
    const cid = textField(event, 'cid');
    if (cid !== undefined) followCommitment(state, event, cid, ticks.tick);
    else if (!isImported(event)) follow(state, event, ticks.tick);
    return state;
  },
};

function followCommitment(state: DriftState, event: MindEvent, cid: string, tick: number): void {
  if (event.kind === 'commitment_open') {
    putLast(state.open, cid, event.position, IMPORTED_OPEN_KEPT);
    state.allClosedTick = null;
    return;
  }
  const wasOpen = state.open.delete(cid);
  if (!wasOpen || event.kind !== 'commitment_close' || isImported(event)) return;
  state.closedAt = event.position;
  if (state.open.size === 0) state.allClosedTick = tick;
}

function follow(state: DriftState, event: MindEvent, tick: number): void {
  switch (event.kind) {
    case 'reflection':
      state.reflectedAt = event.position;
      state.overlapped = false;
      break;
    case 'reflection_rejected': {
      const overlapped = textField(event, 'reason') === 'overlap';
      if (overlapped && state.overlapped) state.overlappedTwiceAt = event.position;
      state.overlapped = overlapped;
      break;
    }
    case 'trait_update':
      move(state, textField(event, 'reason'), tick);
  }
}

function move(state: DriftState, given: string | undefined, tick: number): void {
  const reason = DRIFT_REASONS.find((candidate) => candidate === given);
  if (!reason) return;
  state.moved.set(reason, driftWindow(tick));
  if (reason === 'stable_period') state.allClosedTick = null;
}
