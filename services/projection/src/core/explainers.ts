import type { Stage } from '#libs/contracts';
import type { BasisParts, Besides, Explainers } from '#libs/kernel';
import {
  driftWindow,
  metricsReadOut,
  STAGE_BOUNDS,
  STAGE_MARGIN,
  STAGE_TABLE,
  type ProjectionState,
} from '#libs/mind';
import { mean } from './stage.rule';

const explainers: Explainers<ProjectionState> = {
  stage_update: ({ samples: { samples } }, { meta }) => ({
    samples: samples.map(({ position, tick, ias, gas }) => ({ position, tick, ias, gas })),
    means: { ias: mean(samples, 'ias'), gas: mean(samples, 'gas') },
    bounds: boundsOf(meta.from as Stage, meta.to as Stage),
  }),
  metrics_update: (state) => {
    const { ias, gas, position } = state.scores;
    return { now: metricsReadOut(state), before: { ias, gas, position } };
  },
  trait_update: ({ ticks, drift, stage }, { meta }) => ({
    reason: meta.reason ?? null,
    tick: ticks.tick,
    window: driftWindow(ticks.tick),
    ticksAt: { this: ticks.position, previous: ticks.previous, beforePrevious: ticks.beforePrevious },
    closedAt: drift.closedAt,
    reflectedAt: drift.reflectedAt,
    overlappedTwiceAt: drift.overlappedTwiceAt,
    allClosedTick: drift.allClosedTick,
    stage: stage.stage,
    factor: factorOf(stage.stage, meta.delta),
  }),
  identity_adopt: ({ identity, ticks }) => ({
    nameBefore: identity.name,
    tick: ticks.tick,
    proposals: identity.proposals.map(({ name, position, turn, tick }) => ({ name, position, turn, tick })),
  }),
};

/** A name that came through the API says all about itself; one that the user gave is the conversation's. */
const besides: Besides = {
  identity_adopt: (event, near) => {
    const { source, name, previous = null, confidence, proposal } = event.meta;
    const cause = near.find(({ position }) => position === event.position + Number(proposal));
    if (source !== 'api' || cause?.kind !== 'identity_propose') return null;
    return { cause, numbers: { source, name: name ?? null, previous, confidence: confidence ?? null } };
  },
};

/** What the rules of the projection saw, by the kind of event that they write. */
export const projectionWhy: Omit<BasisParts<ProjectionState>, 'service' | 'rules'> = {
  explainers,
  besides,
  onState: ({ kind, meta }) => kind !== 'identity_adopt' || meta.source === 'assistant',
};

/** Up: both means reached the next bounds and the margin. Down: one of them fell below its own bounds less the margin. */
function boundsOf(from: Stage, to: Stage) {
  const up = to > from;
  const { ias, gas } = STAGE_BOUNDS[up ? to : from];
  const margin = up ? STAGE_MARGIN : -STAGE_MARGIN;
  return { direction: up ? 'up' : 'down', of: up ? to : from, ias: ias + margin, gas: gas + margin };
}

function factorOf(stage: Stage, delta: unknown): number | null {
  const [trait] = Object.keys((delta ?? {}) as object);
  const factor = STAGE_TABLE[stage][trait as keyof (typeof STAGE_TABLE)[Stage]];
  return factor ?? null;
}
