import { type Rule } from '#libs/kernel';
import { acceptedProposal, adoptableProposal, type ProjectionState } from '#libs/mind';

/** At a tick: a name that the model proposed for itself becomes the mind's. */
export const adoptionRule: Rule<ProjectionState> = {
  name: 'adopt_proposal',
  kinds: ['autonomy_tick'],
  decide: ({ identity, ticks }) => {
    const proposal = adoptableProposal(identity, ticks.tick);
    if (!proposal) return [];
    return [{ cause: `proposal:${proposal.position}`, drafts: [acceptedProposal(proposal, identity.name)] }];
  },
};
