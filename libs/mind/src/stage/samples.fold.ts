import type { Section } from '#libs/kernel';
import type { ClockState } from '../clock/clock.fold';
import { pushBounded } from '../events/bounded';
import type { MetricsState } from '../metrics/metrics.fold';
import { metricsReadOut } from '../metrics/metrics.read-out';
import type { TicksState } from '../ticks/ticks.fold';
import { SAMPLES_KEPT } from './stage.constants';

/** The read-out after a tick's own effect. */
export interface ScoreSample {
  tick: number;
  /** Position of the tick. */
  position: number;
  ias: number;
  gas: number;
}

export interface SamplesState {
  /** The last 10, oldest first. */
  samples: ScoreSample[];
}

/** Must stand after the ticks and the metrics, which fold a tick first. */
export const samplesSection: Section<
  SamplesState,
  { metrics: MetricsState; clock: ClockState; ticks: TicksState }
> = {
  kinds: ['autonomy_tick'],
  initialState: () => ({ samples: [] }),
  evolve: (state, event, all) => {
    const { ias, gas } = metricsReadOut(all);
    pushBounded(state.samples, { tick: all.ticks.tick, position: event.position, ias, gas }, SAMPLES_KEPT);
    return state;
  },
};
