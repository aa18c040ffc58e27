import type { OpenReply, OpenRequest } from '#libs/contracts';
import { commitmentId, draft } from '#libs/kernel';
import { checkCommitmentText, type CommitmentState } from '#libs/mind';
import {
  openWithText,
  refuse,
  TOO_MANY,
  tooManyOpen,
  type Accepted,
  type Known,
  type Refusal,
} from './verdict';

/** `id` is that of the event that would open it: the cid derives from it, so that a repeat finds the first one. */
export type OpenInput = Omit<OpenRequest, 'key'> & { id: string };

/** Decides on opening a commitment through the API. */
export function decideOpen(state: CommitmentState, input: OpenInput): Refusal | Known<OpenReply> | Accepted {
  const { commitments } = state;
  const { mind, id, project, priority, dueAt, ttlTicks } = input;
  const cid = commitmentId(mind, id);
  const first = openingOf(state, cid);
  if (first !== undefined) return { verdict: 'known', reply: { cid, position: first, existing: false } };
  const checked = checkCommitmentText(input.text);
  if (!checked.ok) return refuse('invalid_request', `text: ${checked.reason}`);
  const equal = openWithText(commitments, checked.text);
  if (equal !== undefined) {
    const position = commitments.open.get(equal)?.openPosition ?? 0;
    return { verdict: 'known', reply: { cid: equal, position, existing: true } };
  }
  if (tooManyOpen(commitments.open.size)) return refuse('too_large', TOO_MANY);
  const meta = { cid, source: 'api', project, priority, dueAt, ttlTicks } as const;
  return { verdict: 'accepted', cid, draft: draft('commitment_open', meta, checked.text) };
}

/** Where the commitment with this cid was opened, if it is known. */
export const openingOf = ({ commitments, ended }: CommitmentState, cid: string): number | undefined =>
  (commitments.open.get(cid) ?? ended.closed.get(cid) ?? ended.expired.get(cid))?.openPosition;
