import type { Gate, Skip, Trigger } from '#libs/contracts';
import {
  effectivePolicy,
  GROWTH_STEP,
  millisecondsBetween,
  MOST_WAIT_TICKS,
  SCORE_TOLERANCE,
  STUCK_TICKS,
  type ReflectionState,
} from '#libs/mind';

/** What this process knows of its calls of the model; no part of any state. */
export interface Calls {
  inFlight: boolean;
  /** The first tick at which a model that failed is asked again; 0 when it did not fail. */
  retryAtTick: number;
  /** No tokens are left for today. */
  budgetSpent: boolean;
}

export const NO_CALLS: Calls = { inFlight: false, retryAtTick: 0, budgetSpent: false };

/** When the gate is looked at. */
export interface Moment {
  tick: number;
  at: string | null;
}

/** Right after a tick was folded. */
export const atTick = ({ ticks }: ReflectionState): Moment => ({ tick: ticks.tick, at: ticks.at });

/** As if the next tick came at the time of the mind's last event: what `GET …/reflections` tells. */
export const beforeNextTick = ({ ticks, clock }: ReflectionState): Moment => ({
  tick: ticks.tick + 1,
  at: clock.at,
});

/**
 * Whether the mind reflects at a tick, and why or why not. Turns and seconds count from the last attempt; where there
 * was none, seconds count from the first event.
 */
export function gate(state: ReflectionState, moment: Moment, calls: Calls): Gate {
  const numbers = gateNumbers(state, moment);
  const trigger = triggerOf(state, moment, numbers);
  const skip = trigger === null ? whyNot(numbers) : cannotCall(moment, calls);
  return skip === null && trigger !== null
    ? { wouldReflect: true, reason: trigger, ...numbers }
    : { wouldReflect: false, reason: skip ?? 'no_new_material', ...numbers };
}

/** Ticks to wait before a model that failed so many times in a row is asked again: 1, 2, 4 … 64. */
export const waitTicks = (failures: number): number =>
  Math.min(MOST_WAIT_TICKS, 2 ** Math.max(0, failures - 1));

type Numbers = Pick<Gate, 'turnsSince' | 'secondsSince' | 'minTurns' | 'minSeconds'>;

function gateNumbers({ attempts, clock, stage, policies }: ReflectionState, { at }: Moment): Numbers {
  return {
    turnsSince: attempts.turns,
    secondsSince: Math.max(0, millisecondsBetween(attempts.at ?? clock.firstAt, at) / 1000),
    minTurns: effectivePolicy('reflection.min_turns', stage, policies),
    minSeconds: effectivePolicy('reflection.min_seconds', stage, policies),
  };
}

/** The first reason to reflect, in the order of the design. */
function triggerOf(state: ReflectionState, { tick }: Moment, numbers: Numbers): Trigger | null {
  const { attempts, scores, stage } = state;
  const { turnsSince, secondsSince, minTurns, minSeconds } = numbers;
  if (attempts.requested > 0) return 'manual';
  if (attempts.adopted > 0) return 'identity';
  if (turnsSince >= minTurns && secondsSince >= minSeconds) return 'cadence';
  const grown = scores.gas - attempts.gas >= GROWTH_STEP - SCORE_TOLERANCE;
  if (turnsSince > 0 && grown && scores.position > attempts.position) return 'growth';
  const early = stage.stage === 'S0' || stage.stage === 'S1';
  return early && turnsSince > 0 && tick - attempts.tick >= STUCK_TICKS ? 'stuck' : null;
}

function whyNot({ turnsSince, minTurns }: Numbers): Skip {
  if (turnsSince === 0) return 'no_new_material';
  return turnsSince < minTurns ? 'min_turns' : 'min_time';
}

function cannotCall({ tick }: Moment, calls: Calls): Skip | null {
  if (calls.inFlight) return 'in_flight';
  if (calls.budgetSpent) return 'budget';
  return tick < calls.retryAtTick ? 'model_unavailable' : null;
}
