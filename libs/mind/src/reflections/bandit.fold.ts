import { STYLES, type MindEvent, type Style } from '#libs/contracts';
import type { Section } from '#libs/kernel';
import { keepNewest } from '../events/bounded';
import { integerField, isImported, numberField, textField } from '../events/event-fields';
import type { ScoresState } from '../metrics/scores.fold';
import type { TicksState } from '../ticks/ticks.fold';
import { REWARD_AFTER_TICKS, REWARDS_WAITING_KEPT, STYLE_ORDER } from './reflections.constants';
import { oneOf } from './reflections.fold';

/** A reflection that waits for its reward, with what had happened by then. */
interface Waiting {
  style: Style;
  tick: number;
  ias: number;
  opens: number;
  closes: number;
}

/** The duty to reward a reflection, with what happened between it and the tick that made the reward due. */
export interface DueReward {
  style: Style;
  /** By how much IAS rose or fell. */
  iasChange: number;
  opens: number;
  closes: number;
}

export interface BanditState {
  /** Attempts of each style, accepted or not. */
  tried: Map<Style, number>;
  rewards: Map<Style, { count: number; sum: number }>;
  /** Commitments opened and closed in all. */
  opens: number;
  closes: number;
  /** Position of a reflection → its start. */
  waiting: Map<number, Waiting>;
  due: Map<number, DueReward>;
}

/** Must stand after the ticks and the scores. */
export const banditSection: Section<BanditState, { ticks: TicksState; scores: ScoresState }> = {
  kinds: [
    'reflection',
    'reflection_rejected',
    'commitment_open',
    'commitment_close',
    'autonomy_tick',
    'bandit_reward',
  ],
  initialState: () => ({
    tried: new Map(),
    rewards: new Map(),
    opens: 0,
    closes: 0,
    waiting: new Map(),
    due: new Map(),
  }),
  evolve: (state, event, { ticks, scores }) => {
    if (isImported(event)) return state;
    switch (event.kind) {
      case 'commitment_open':
        state.opens++;
        break;
      case 'commitment_close':
        state.closes++;
        break;
      case 'autonomy_tick':
        becomeDue(state, ticks.tick, scores.ias);
        break;
      case 'bandit_reward':
        reward(state, event);
        break;
      case 'reflection':
      case 'reflection_rejected':
        attempt(state, event, ticks.tick, scores.ias);
    }
    return state;
  },
};

function attempt(state: BanditState, event: MindEvent, tick: number, ias: number): void {
  const style = oneOf(STYLES, textField(event, 'style'));
  if (style === null) return;
  state.tried.set(style, (state.tried.get(style) ?? 0) + 1);
  if (event.kind !== 'reflection') return;
  state.waiting.set(event.position, { style, tick, ias, opens: state.opens, closes: state.closes });
  keepNewest(state.waiting, REWARDS_WAITING_KEPT);
}

function becomeDue(state: BanditState, tick: number, ias: number): void {
  for (const [position, start] of state.waiting) {
    if (tick - start.tick < REWARD_AFTER_TICKS) return;
    state.waiting.delete(position);
    const opens = state.opens - start.opens;
    const closes = state.closes - start.closes;
    state.due.set(position, { style: start.style, iasChange: ias - start.ias, opens, closes });
    keepNewest(state.due, REWARDS_WAITING_KEPT);
  }
}

function reward(state: BanditState, event: MindEvent): void {
  state.due.delete(integerField(event, 'reflection') ?? 0);
  const style = oneOf(STYLES, textField(event, 'style'));
  if (style === null) return;
  const known = state.rewards.get(style) ?? { count: 0, sum: 0 };
  known.count++;
  known.sum += numberField(event, 'reward') ?? 0;
  state.rewards.set(style, known);
}

/** The style of the next reflection: untried ones first, in their order, then the highest mean reward. */
export function chooseStyle(state: BanditState): Style {
  const untried = STYLE_ORDER.find((style) => !state.tried.has(style));
  if (untried) return untried;
  return STYLE_ORDER.reduce((best, style) =>
    meanReward(state, style) > meanReward(state, best) ? style : best,
  );
}

/** The mean reward of a style; 0 when it was never rewarded. */
export function meanReward(state: BanditState, style: Style): number {
  const rewards = state.rewards.get(style);
  return rewards ? rewards.sum / rewards.count : 0;
}
