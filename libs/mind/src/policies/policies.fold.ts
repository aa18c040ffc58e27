import { POLICY_BOUNDS, type PolicyKey } from '#libs/contracts';
import type { Section } from '#libs/kernel';
import { objectField, textField } from '../events/event-fields';

/** Policy values by `<component>.<param>`; each wins over the stage's table until the next `stage_update`. */
export interface PoliciesState {
  values: Map<PolicyKey, number>;
}

export const isPolicyKey = (key: string): key is PolicyKey => Object.hasOwn(POLICY_BOUNDS, key);

/** A value inside the bounds of its policy; whole where only whole numbers make sense. */
export function boundPolicy(key: PolicyKey, value: number): number {
  const { min, max, integer } = POLICY_BOUNDS[key];
  return Math.min(max, Math.max(min, integer ? Math.round(value) : value));
}

export const policiesSection: Section<PoliciesState> = {
  kinds: ['policy_update', 'stage_update'],
  initialState: () => ({ values: new Map() }),
  evolve: (state, event) => {
    if (event.kind === 'stage_update') {
      state.values.clear();
      return state;
    }
    const component = textField(event, 'component') ?? '';
    for (const [param, value] of Object.entries(objectField(event, 'params'))) {
      const key = `${component}.${param}`;
      if (isPolicyKey(key) && typeof value === 'number') state.values.set(key, boundPolicy(key, value));
    }
    return state;
  },
};
