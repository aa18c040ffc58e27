import type { MetaOf } from '#libs/contracts';
import { draft, type Draft } from '#libs/kernel';
import { cutText } from '../text/cut-text';
import { MODEL_CONFIDENCE, PROPOSAL_TURNS, PROPOSAL_WINDOW_TICKS } from './identity.constants';
import type { IdentityState, Proposal } from './identity.fold';

type NameSource = MetaOf<'identity_adopt'>['source'];

/**
 * The two events of an adoption by a user or through the API, for one append. They are a function of their arguments
 * alone, so that a repeat is equal byte for byte. `origin` refers to the event that the name came from.
 */
export function adoptionDrafts(
  name: string,
  source: NameSource,
  confidence: number,
  origin?: number,
): [Draft, Draft] {
  return [
    draft('identity_propose', { name, source, confidence, origin }),
    draft('identity_adopt', { name, source, confidence, proposal: -1 }),
  ];
}

/**
 * The proposal of the model that is adopted at tick `tick`, or null: the latest one when the mind has no name, else the
 * latest whose name was proposed in at least 3 different turns within the last 6 ticks.
 */
export function adoptableProposal(identity: IdentityState, tick: number): Proposal | null {
  const recent = identity.proposals.filter((proposal) => tick - proposal.tick <= PROPOSAL_WINDOW_TICKS);
  if (identity.name === null) return recent.at(-1) ?? null;
  const turnsOf = (name: string) => new Set(recent.filter((p) => p.name === name).map((p) => p.turn)).size;
  const ripe = recent.filter((p) => p.name !== identity.name && turnsOf(p.name) >= PROPOSAL_TURNS);
  return ripe.at(-1) ?? null;
}

/** The event by which a proposal of the model becomes the name. */
export const acceptedProposal = (proposal: Proposal, previous: string | null): Draft =>
  draft('identity_adopt', {
    name: proposal.name,
    source: 'assistant',
    confidence: MODEL_CONFIDENCE,
    previous: previous === null ? undefined : cutText(previous, 64),
    proposal: proposal.position,
  });
