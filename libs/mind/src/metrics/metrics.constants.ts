/** IAS (identity) and GAS (growth). The values are the original's; `golden` proves them. */
export const DECAY_PER_TICK = 0.9995;
export const STABLE_WINDOW_TICKS = 5;
export const STABLE_WINDOW_BONUS = 0.03;
export const FLIP_FLOP_PENALTY = 0.08;
export const VALID_CONFIDENCE = 0.9;
export const NOVEL_OPEN_GAIN = 0.07;
export const NOVEL_WINDOW_TICKS = 20;
export const CLOSE_GAIN = 0.12;
export const IDENTITY_REFLECTION_GAIN = 0.01;
/** A reflection that speaks of identity counts when it is longer than this many characters. */
export const IDENTITY_REFLECTION_CHARACTERS = 20;
export const VIOLATION_PENALTY = 0.005;
export const FEEDBACK_IAS_TO_GAS = 0.1;
export const FEEDBACK_GAS_TO_IAS = 0.05;
export const FEEDBACK_MIDDLE = 0.5;

/** Bounds of the state. */
export const VIOLATIONS_KEPT = 1_000;
export const RECENT_OPENS_KEPT = 2_000;
/** Longer texts are remembered by their hash. */
export const RECENT_TEXT_UNITS = 64;

/** `metrics_update` is appended when a score has moved by so much since the last one. */
export const IAS_STEP = 0.05;
export const GAS_STEP = 0.02;
/** Sums of decimals are a little off; steps and bounds count as reached within this distance. */
export const SCORE_TOLERANCE = 1e-9;
