/** Trait drift: what moves which trait, before the stage's factor. */
export const DRIFT = {
  close_rate_up: { trait: 'conscientiousness', delta: 0.02 },
  novelty_push: { trait: 'openness', delta: 0.02 },
  stable_period: { trait: 'neuroticism', delta: -0.02 },
} as const;
export type DriftReason = keyof typeof DRIFT;
export const DRIFT_REASONS = Object.keys(DRIFT) as DriftReason[];

/** Each reason moves at most once in a window of so many ticks. */
export const DRIFT_WINDOW_TICKS = 5;
export const DRIFT_DECIMALS = 3;
/** The last open commitment was closed so many ticks ago. */
export const STABLE_FROM_TICKS = 2;
export const STABLE_TO_TICKS = 4;

export const driftWindow = (tick: number): number => Math.floor(tick / DRIFT_WINDOW_TICKS);
