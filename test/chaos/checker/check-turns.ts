import type { ActOf } from '../load/acts';
import { rowAt, type Logs, type LogRow } from './log-rows';
import { checkOnce } from './check-chains';
import type { Findings } from './violation';

const OUTCOMES = ['assistant_message', 'turn_failed'];

/** Every turn in a log has exactly one outcome, and every answer that a client got is the one that is recorded. */
export function checkTurns(acts: readonly ActOf<'turn'>[], logs: Logs, findings: Findings): void {
  for (const [mind, rows] of logs) checkOutcomes(mind, rows, findings);
  for (const act of acts) {
    const rows = logs.get(act.mind) ?? [];
    if (act.outcome.status === 200) checkAnswer(act, rows, findings);
    else checkFailure(act, rows, findings);
  }
  for (const act of lastOfEach(acts)) {
    const { status, body } = act.outcome;
    const hasEnded = status === 200 || isFinal(codeOf(body));
    findings.expect(hasEnded, 'every turn comes to its end', act.mind, () => JSON.stringify(act));
    const isThere = (logs.get(act.mind) ?? []).some((row) => isOf(row, act.input.turnId));
    findings.expect(!hasEnded || isThere, 'an acknowledged turn is there', act.mind, () => act.input.turnId);
  }
}

function checkOutcomes(mind: string, rows: readonly LogRow[], findings: Findings): void {
  const turnIds = (kinds: readonly string[]) =>
    rows.filter(({ kind }) => kinds.includes(kind)).map(({ event }) => String(event.meta.turnId));
  const asked = turnIds(['user_message']);
  const ended = turnIds(OUTCOMES);
  checkOnce(mind, 'a turn is asked once', asked, findings);
  checkOnce(mind, 'a turn has one outcome', ended, findings);
  const known = new Set(ended);
  for (const turnId of asked)
    findings.expect(known.has(turnId), 'every turn has an outcome', mind, () => turnId);
}

function checkAnswer(
  { mind, input, outcome }: ActOf<'turn'>,
  rows: readonly LogRow[],
  findings: Findings,
): void {
  const { text, positions } = outcome.body as { text: string; positions: { user: number; reply: number } };
  const [user, reply] = [rowAt(rows, positions.user), rowAt(rows, positions.reply)];
  const isAsked =
    user?.kind === 'user_message' && isOf(user, input.turnId) && user.event.content === input.text;
  findings.expect(
    isAsked,
    'an answered turn is there',
    mind,
    () => `${input.turnId} is not at #${positions.user}`,
  );
  const isAnswered = reply?.kind === 'assistant_message' && isOf(reply, input.turnId);
  findings.expect(isAnswered && reply.event.content === text, 'an answer is the recorded one', mind, () =>
    JSON.stringify({ text, recorded: reply?.body }),
  );
}

/** "The model failed" is an answer that is recorded too. */
function checkFailure(
  { mind, input, outcome }: ActOf<'turn'>,
  rows: readonly LogRow[],
  findings: Findings,
): void {
  const code = codeOf(outcome.body);
  if (!isFinal(code)) return;
  const failed = rows.filter((row) => row.kind === 'turn_failed' && isOf(row, input.turnId));
  findings.expect(
    failed.length === 1,
    'a failed turn is recorded once',
    mind,
    () => `${input.turnId}: ${failed.length}`,
  );
}

const isFinal = (code: string | undefined): boolean =>
  code === 'model_unavailable' || code === 'model_refused';

const isOf = ({ event }: LogRow, turnId: string): boolean => event.meta.turnId === turnId;

const codeOf = (body: Record<string, unknown>): string | undefined =>
  (body.error as { code?: string } | undefined)?.code;

function lastOfEach(acts: readonly ActOf<'turn'>[]): ActOf<'turn'>[] {
  return [...new Map(acts.map((act) => [act.input.turnId, act])).values()];
}
