import { draft, type Decision, type Rule } from '#libs/kernel';
import {
  DRIFT,
  DRIFT_DECIMALS,
  DRIFT_REASONS,
  driftWindow,
  STABLE_FROM_TICKS,
  STABLE_TO_TICKS,
  STAGE_TABLE,
  type DriftReason,
  type ProjectionState,
} from '#libs/mind';

type Facts = Pick<ProjectionState, 'ticks' | 'drift'>;

/** Whether a reason to drift holds at the last tick. */
const HOLDS: Record<DriftReason, (facts: Facts) => boolean> = {
  close_rate_up: ({ ticks, drift }) =>
    drift.closedAt > ticks.previous && drift.reflectedAt > ticks.beforePrevious,
  novelty_push: ({ ticks, drift }) => drift.overlappedTwiceAt > ticks.previous,
  stable_period: ({ ticks, drift }) => {
    if (drift.allClosedTick === null) return false;
    const since = ticks.tick - drift.allClosedTick;
    return since >= STABLE_FROM_TICKS && since <= STABLE_TO_TICKS;
  },
};

/** At a tick, and only with a name: each reason moves its trait, at most once in a window of 5 ticks. */
export const driftRule: Rule<ProjectionState> = {
  name: 'trait_drift',
  kinds: ['autonomy_tick'],
  decide: (state) => {
    if (state.identity.name === null) return [];
    const window = driftWindow(state.ticks.tick);
    return DRIFT_REASONS.filter(
      (reason) => HOLDS[reason](state) && state.drift.moved.get(reason) !== window,
    ).map((reason) => move(state, reason, window));
  },
};

function move({ stage }: ProjectionState, reason: DriftReason, window: number): Decision {
  const { trait, delta } = DRIFT[reason];
  const scaled = Number((delta * STAGE_TABLE[stage.stage][trait]).toFixed(DRIFT_DECIMALS));
  return {
    cause: `${reason}:${window}`,
    drafts: [draft('trait_update', { delta: { [trait]: scaled }, reason })],
  };
}
