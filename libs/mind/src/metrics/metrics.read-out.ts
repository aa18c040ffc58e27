import type { ClockState } from '../clock/clock.fold';
import { FEEDBACK_GAS_TO_IAS, FEEDBACK_IAS_TO_GAS, FEEDBACK_MIDDLE } from './metrics.constants';
import type { MetricsState } from './metrics.fold';

/** A score cut to [0, 1]. */
export const clipped = (value: number): number => Math.max(0, Math.min(1, value));

/** IAS and GAS as they count, each in [0, 1]; of the two raw values, each with the other's feedback. */
export function metricsReadOut(state: { metrics: MetricsState; clock: ClockState }): {
  ias: number;
  gas: number;
} {
  const own = state.clock.ownSince > 0;
  const ias = own ? clipped(state.metrics.ias) : state.metrics.ias;
  const gas = own ? clipped(state.metrics.gas) : state.metrics.gas;
  return {
    ias: clipped(ias + FEEDBACK_GAS_TO_IAS * (gas - FEEDBACK_MIDDLE)),
    gas: clipped(gas + FEEDBACK_IAS_TO_GAS * (ias - FEEDBACK_MIDDLE)),
  };
}
