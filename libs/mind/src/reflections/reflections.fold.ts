import { STYLES, TRIGGERS, type MindEvent, type Style, type Trigger } from '#libs/contracts';
import type { Section } from '#libs/kernel';
import { pushBounded } from '../events/bounded';
import { integerField, numberField, shortField, textField } from '../events/event-fields';
import { cutText } from '../text/cut-text';
import { REFLECTION_UNITS, REFLECTIONS_KEPT, TEXTS_KEPT } from './reflections.constants';

export interface ReflectionRecord {
  position: number;
  at: string;
  /** Null where an original ledger had none. */
  trigger: Trigger | null;
  style: Style | null;
  from: number;
  to: number;
  overlap: number;
  provider: string;
  model: string;
  reward: number | null;
  /** Kept for the last 10. */
  text: string | null;
}

export interface ReflectionsState {
  /** The last 50, oldest first. */
  reflections: ReflectionRecord[];
  /** How many there were in all. */
  count: number;
}

export const reflectionsSection: Section<ReflectionsState> = {
  kinds: ['reflection', 'bandit_reward'],
  initialState: () => ({ reflections: [], count: 0 }),
  evolve: (state, event) => {
    if (event.kind === 'bandit_reward') {
      reward(state, event);
      return state;
    }
    pushBounded(state.reflections, recordOf(event), REFLECTIONS_KEPT);
    state.count++;
    const old = state.reflections.at(-1 - TEXTS_KEPT);
    if (old) old.text = null;
    return state;
  },
};

function recordOf(event: MindEvent): ReflectionRecord {
  return {
    position: event.position,
    at: event.at,
    trigger: oneOf(TRIGGERS, textField(event, 'trigger')),
    style: oneOf(STYLES, textField(event, 'style')),
    from: integerField(event, 'from') ?? 0,
    to: integerField(event, 'to') ?? 0,
    overlap: numberField(event, 'overlap') ?? 0,
    provider: shortField(event, 'provider') ?? '',
    model: shortField(event, 'model') ?? '',
    reward: null,
    text: cutText(event.content, REFLECTION_UNITS),
  };
}

export const oneOf = <T extends string>(values: readonly T[], value: string | undefined): T | null =>
  values.find((candidate) => candidate === value) ?? null;

function reward(state: ReflectionsState, event: MindEvent): void {
  const position = integerField(event, 'reflection');
  const record = state.reflections.findLast((candidate) => candidate.position === position);
  if (record) record.reward = numberField(event, 'reward') ?? null;
}
