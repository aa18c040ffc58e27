import { draft, type Rule } from '#libs/kernel';
import type { CommitmentState } from '#libs/mind';

/** A project is closed by the event when its last commitment has ended. */
export const projectCloseRule: Rule<CommitmentState> = {
  name: 'project_close',
  kinds: ['commitment_close', 'commitment_expire', 'autonomy_tick'],
  decide: ({ commitments }) =>
    [...commitments.emptied].map(([project, endedAt]) => ({
      cause: `project:${endedAt}:${project}`,
      drafts: [draft('project_close', { project })],
    })),
};
