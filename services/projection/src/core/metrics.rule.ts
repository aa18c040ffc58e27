import { draft, type Rule } from '#libs/kernel';
import { GAS_STEP, IAS_STEP, metricsReadOut, SCORE_TOLERANCE, type ProjectionState } from '#libs/mind';

const moved = (before: number, now: number, step: number): boolean =>
  Math.abs(now - before) >= step - SCORE_TOLERANCE;

/** At a tick, when a score has moved far enough since the last `metrics_update`. */
export const metricsRule: Rule<ProjectionState> = {
  name: 'metrics_update',
  kinds: ['autonomy_tick'],
  decide: (state) => {
    const { ias, gas } = metricsReadOut(state);
    const { scores, ticks } = state;
    if (!moved(scores.ias, ias, IAS_STEP) && !moved(scores.gas, gas, GAS_STEP)) return [];
    return [{ cause: `tick:${ticks.tick}`, drafts: [draft('metrics_update', { ias, gas })] }];
  },
};
