import type { Section } from '#libs/kernel';
import { shortField } from '../events/event-fields';

/** The name of the user: as given with a message, or as the user said it. */
export interface UserNameState {
  name: string | null;
}

export const userNameSection: Section<UserNameState> = {
  kinds: ['user_identity_set', 'user_message'],
  initialState: () => ({ name: null }),
  evolve: (state, event) => {
    const field = event.kind === 'user_message' ? 'userName' : 'name';
    state.name = shortField(event, field) ?? state.name;
    return state;
  },
};
