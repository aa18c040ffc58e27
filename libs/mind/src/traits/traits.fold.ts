import { TRAITS, type JsonValue, type Trait } from '#libs/contracts';
import type { Section } from '#libs/kernel';
import { trimSpaces } from '../text/spaces';

export type TraitsState = Record<Trait, number>;

export const TRAIT_START = 0.5;

/** By full name or first letter, in lower case: original ledgers have both. */
const TRAIT_OF = new Map<string, Trait>(
  TRAITS.flatMap((trait) => [
    [trait, trait],
    [trait.charAt(0), trait],
  ]),
);

export const traitsSection: Section<TraitsState> = {
  kinds: ['trait_update'],
  initialState: () => Object.fromEntries(TRAITS.map((trait) => [trait, TRAIT_START])) as TraitsState,
  evolve: (state, { meta: { delta, trait } }) => {
    const single = typeof trait === 'string' ? trimSpaces(trait) : '';
    if (single !== '') {
      move(state, single, delta);
    } else if (typeof delta === 'object' && delta !== null && !Array.isArray(delta)) {
      for (const name of Object.keys(delta)) move(state, name, delta[name]);
    }
    return state;
  },
};

function move(state: TraitsState, name: string, delta: JsonValue | undefined): void {
  const trait = TRAIT_OF.get(name.toLowerCase());
  if (trait === undefined || typeof delta !== 'number' || Number.isNaN(delta)) return;
  state[trait] = Math.max(0, Math.min(1, state[trait] + delta));
}
