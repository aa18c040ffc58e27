import { STAGES, type Stage } from '#libs/contracts';
import { draft, type Rule } from '#libs/kernel';
import {
  SAMPLES_NEEDED,
  SCORE_TOLERANCE,
  STAGE_BOUNDS,
  STAGE_MARGIN,
  type ProjectionState,
  type ScoreSample,
} from '#libs/mind';

/** The mean of a score over some samples. */
export const mean = (samples: readonly ScoreSample[], score: 'ias' | 'gas'): number =>
  samples.reduce((sum, sample) => sum + sample[score], 0) / samples.length;

/** The stage that the mean scores call for: at most one step from the present one. */
export function nextStage(stage: Stage, { ias, gas }: { ias: number; gas: number }): Stage {
  const place = STAGES.indexOf(stage);
  const up = STAGES[place + 1];
  const down = STAGES[place - 1];
  const above = up && STAGE_BOUNDS[up];
  const margin = STAGE_MARGIN - SCORE_TOLERANCE;
  if (up && above && ias >= above.ias + margin && gas >= above.gas + margin) return up;
  const own = STAGE_BOUNDS[stage];
  const lost = STAGE_MARGIN + SCORE_TOLERANCE;
  return down && (ias < own.ias - lost || gas < own.gas - lost) ? down : stage;
}

/** At a tick, on the means of the last 10 samples, when there are at least 3. */
export const stageRule: Rule<ProjectionState> = {
  name: 'stage_update',
  kinds: ['autonomy_tick'],
  decide: ({ stage: { stage }, samples: { samples }, ticks }) => {
    if (samples.length < SAMPLES_NEEDED) return [];
    const scores = { ias: mean(samples, 'ias'), gas: mean(samples, 'gas') };
    const to = nextStage(stage, scores);
    if (to === stage) return [];
    return [{ cause: `tick:${ticks.tick}`, drafts: [draft('stage_update', { from: stage, to, ...scores })] }];
  },
};
