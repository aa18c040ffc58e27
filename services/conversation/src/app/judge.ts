import type { JudgeReply } from '#libs/contracts';
import type { ControlLine } from '#libs/mind';
import { judgeRequestOf } from '../core/control-judgement';
import type { Deadline, MindViews } from './ports';
import type { Turn } from './turn';

/** Verdicts on the control lines of one answer; null when none of them needs any. */
export type Verdicts = JudgeReply | null;

/** Asks commitment about the lines that are about commitments. */
export async function askForVerdicts(
  views: Pick<MindViews, 'judge'>,
  turn: Pick<Turn, 'mind' | 'turnId'>,
  lines: readonly ControlLine[],
  { minPosition, deadlineAt }: Deadline & { minPosition: number },
): Promise<Verdicts> {
  const request = judgeRequestOf(turn, lines, minPosition);
  return request ? views.judge(request, { deadlineAt }) : null;
}
