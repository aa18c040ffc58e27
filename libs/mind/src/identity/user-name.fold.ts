import type { Section } from '#libs/kernel';
import { textField } from '../events/event-fields';

/** The name of the user: as given with a message, or as the user said it. */
export interface UserNameState {
  name: string | null;
}

export const userNameSection: Section<UserNameState> = {
  kinds: ['user_identity_set', 'user_message'],
  initialState: () => ({ name: null }),
  evolve: (state, event) => {
    const field = event.kind === 'user_message' ? 'userName' : 'name';
    state.name = textField(event, field) ?? state.name;
    return state;
  },
};
