import type { CloseVerdict, JudgeReply, JudgeRequest, OpenVerdict } from '#libs/contracts';
import { commitmentId, normaliseText } from '#libs/kernel';
import { checkCommitmentText, type CommitmentState } from '#libs/mind';
import { decideClose } from './close.decision';
import { openingOf } from './open.decision';
import { openWithText, TOO_MANY, tooManyOpen } from './verdict';

/**
 * What would become of control lines on this state. Each line is judged alone, but two lines of one text that open the
 * same thing are one commitment. Nothing is written.
 */
export function judge(
  state: CommitmentState,
  { mind, opens, closes }: Pick<JudgeRequest, 'mind' | 'opens' | 'closes'>,
  watermark: number,
): Omit<JudgeReply, 'watermark' | 'digest'> {
  const opened = new Map<string, string>();
  return {
    opens: opens.map((line) => judgeOpen(state, mind, line, opened)),
    closes: closes.map((line) => judgeClose(state, line, watermark)),
    known: [...new Set(closes.map(({ cid }) => cid))].filter((cid) => openingOf(state, cid) !== undefined),
  };
}

/** `opened`: normalised text → cid of what lines before this one open. */
function judgeOpen(
  { commitments }: CommitmentState,
  mind: string,
  line: { id: string; text: string },
  opened: Map<string, string>,
): OpenVerdict {
  const checked = checkCommitmentText(line.text);
  if (!checked.ok) return { accepted: false, reason: checked.reason };
  const key = normaliseText(checked.text);
  const equal = openWithText(commitments, checked.text) ?? opened.get(key);
  if (equal !== undefined) return { accepted: true, cid: equal, existing: true };
  if (tooManyOpen(commitments.open.size + opened.size)) return { accepted: false, reason: TOO_MANY };
  const cid = commitmentId(mind, line.id);
  opened.set(key, cid);
  return { accepted: true, cid, existing: false };
}

function judgeClose(
  state: CommitmentState,
  { cid, evidence }: { cid: string; evidence: number[] },
  watermark: number,
): CloseVerdict {
  const verdict = decideClose(state, { cid, evidence, outcome: 'done', note: '' }, watermark);
  if (verdict.verdict === 'refused') return { accepted: false, reason: verdict.message };
  return { accepted: true, existing: verdict.verdict === 'known' };
}
