import type { Stage } from '#libs/contracts';

/** Lower bounds of each stage. */
export const STAGE_BOUNDS = {
  S0: { ias: -Infinity, gas: -Infinity },
  S1: { ias: 0.35, gas: 0.2 },
  S2: { ias: 0.5, gas: 0.35 },
  S3: { ias: 0.7, gas: 0.55 },
  S4: { ias: 0.85, gas: 0.75 },
} as const satisfies Record<Stage, { ias: number; gas: number }>;

/** Above the next bounds to go up, below the current ones to go down. */
export const STAGE_MARGIN = 0.03;
export const SAMPLES_KEPT = 10;
export const SAMPLES_NEEDED = 3;

/** What a stage changes: factors of trait drift, and the limits of reflection. */
export interface StageRow {
  openness: number;
  conscientiousness: number;
  neuroticism: number;
  minTurns: number;
  minSeconds: number;
  /** A reflection whose 3-gram overlap reaches this is a repeat. */
  repeatLimit: number;
}

export const STAGE_TABLE: Record<Stage, StageRow> = {
  S0: {
    openness: 1.0,
    conscientiousness: 1.0,
    neuroticism: 1.0,
    minTurns: 2,
    minSeconds: 20,
    repeatLimit: 0.75,
  },
  S1: {
    openness: 1.25,
    conscientiousness: 1.1,
    neuroticism: 1.0,
    minTurns: 3,
    minSeconds: 35,
    repeatLimit: 0.65,
  },
  S2: {
    openness: 1.1,
    conscientiousness: 1.25,
    neuroticism: 1.0,
    minTurns: 4,
    minSeconds: 50,
    repeatLimit: 0.55,
  },
  S3: {
    openness: 1.0,
    conscientiousness: 1.2,
    neuroticism: 0.8,
    minTurns: 5,
    minSeconds: 70,
    repeatLimit: 0.45,
  },
  S4: {
    openness: 0.9,
    conscientiousness: 1.1,
    neuroticism: 0.7,
    minTurns: 6,
    minSeconds: 90,
    repeatLimit: 0.4,
  },
};
