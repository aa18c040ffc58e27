import type { CloseRequest, CommitmentReply } from '#libs/contracts';
import { draft } from '#libs/kernel';
import type { CommitmentState } from '#libs/mind';
import { evidenceFault } from './evidence';
import { refuse, type Accepted, type Known, type Refusal } from './verdict';

export interface CloseInput extends Pick<CloseRequest, 'cid' | 'evidence'> {
  outcome: 'done' | 'dropped';
  note: string;
}

/** Decides on closing a commitment. `watermark` is the last position of the log that the state was folded to. */
export function decideClose(
  { commitments, ended }: CommitmentState,
  { cid, evidence, outcome, note }: CloseInput,
  watermark: number,
): Refusal | Known<CommitmentReply> | Accepted {
  const open = commitments.open.get(cid);
  if (!open) return closedAlready(ended, cid, outcome);
  const fault = evidenceFault(evidence, { openPosition: open.openPosition, watermark });
  if (fault !== null) return refuse('invalid_request', `evidence: ${fault}`);
  const unique = [...new Set(evidence)];
  return {
    verdict: 'accepted',
    cid,
    draft: draft('commitment_close', { cid, evidence: unique, outcome }, note),
  };
}

/** Closing a closed one with the same outcome answers the first close. */
function closedAlready(
  { closed, expired }: CommitmentState['ended'],
  cid: string,
  outcome: CloseInput['outcome'],
): Refusal | Known<CommitmentReply> {
  const record = closed.get(cid);
  if (record && (record.outcome ?? 'done') === outcome) {
    return { verdict: 'known', reply: { cid, position: record.endPosition } };
  }
  if (record) return refuse('invalid_request', `${cid} is closed already, as ${record.outcome ?? 'done'}`);
  if (expired.has(cid)) return refuse('invalid_request', `${cid} has expired`);
  return refuse('not_found', `there is no commitment ${cid}`);
}
