import type { JsonValue } from '#libs/contracts';
import type { Section } from '#libs/kernel';

/** Which model interprets the mind, since the last `model_switch`; null: the defaults of the mind or of the system. */
export interface ModelState {
  current: { provider: string; model: string } | null;
}

export const modelSection: Section<ModelState> = {
  kinds: ['model_switch'],
  initialState: () => ({ current: null }),
  evolve: (state, { meta: { to } }) => {
    const { provider, model } = fieldsOf(to);
    if (typeof provider === 'string' && typeof model === 'string') state.current = { provider, model };
    return state;
  },
};

const fieldsOf = (value: JsonValue | undefined): { [key: string]: JsonValue } =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? value : {};
