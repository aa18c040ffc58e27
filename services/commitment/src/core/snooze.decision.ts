import { draft } from '#libs/kernel';
import type { CommitmentState } from '#libs/mind';
import { openingOf } from './open.decision';
import { refuse, type Accepted, type Refusal } from './verdict';

/** Decides on letting an open commitment sleep until a tick. */
export function decideSnooze(
  state: CommitmentState,
  { cid, untilTick }: { cid: string; untilTick: number },
): Refusal | Accepted {
  if (state.commitments.open.has(cid)) {
    return { verdict: 'accepted', cid, draft: draft('commitment_snooze', { cid, untilTick }) };
  }
  return openingOf(state, cid) === undefined
    ? refuse('not_found', `there is no commitment ${cid}`)
    : refuse('invalid_request', `${cid} is not open`);
}
