import type { Act, ActOf } from '../load/acts';
import { codeOf, hasFailed, isDone } from '../load/retrying-client';
import { canonical } from './canonical';
import { rowAt, type Logs, type LogRow } from './log-rows';
import type { Findings } from './violation';

const INTERNAL = 500;
const MODEL_FAILED = 502;
/** By the API's description a mind has at most so many open commitments. */
const OPEN_LIMIT = 1_000;

interface Known {
  rows: readonly LogRow[];
  ids: ReadonlySet<string>;
  /** Ids that clients gave to two events that differ. */
  usedTwice: ReadonlySet<string>;
}

/**
 * Faults may make a call wait or fail for a while, but no answer may be false: nothing is `internal`, and what is refused
 * has a reason that the log or the history shows. Minds are archived only after the last act.
 */
export function checkAnswers(acts: readonly Act[], logs: Logs, findings: Findings): void {
  const usedTwice = idsUsedTwice(acts);
  const known = new Map(
    [...logs].map(([mind, rows]) => [mind, { rows, ids: new Set(rows.map(({ id }) => id)), usedTwice }]),
  );
  for (const act of acts) {
    const { kind, mind, input, outcome } = act;
    const { status, body } = outcome;
    const isTrue = mayBeAnswered(act, known.get(mind) ?? { rows: [], ids: new Set(), usedTwice });
    findings.expect(isTrue, 'no answer is false', mind, () => JSON.stringify({ status, body, kind, input }));
  }
}

function mayBeAnswered(act: Act, known: Known): boolean {
  const { status } = act.outcome;
  if (isDone(act.outcome)) return true;
  if (hasFailed(act.outcome)) return status !== INTERNAL && (status !== MODEL_FAILED || act.kind === 'turn');
  switch (act.kind) {
    case 'append':
      return isTrueConflict(act, known);
    case 'import':
      // That the file is there then is for `checkImports`.
      return codeOf(act.outcome) === 'version_conflict' && isItsHead(act, known.rows);
    case 'open':
      return (
        status === 413 && known.rows.filter(({ kind }) => kind === 'commitment_open').length >= OPEN_LIMIT
      );
    case 'snooze':
      // Up to a tick that has come meanwhile, or of a commitment that has ended.
      return status === 400;
    default:
      return false;
  }
}

/** The first append of an id is stored, and each that equals it is told so: only another use is a conflict of ids. */
function isTrueConflict({ input, outcome }: ActOf<'append'>, { rows, ids, usedTwice }: Known): boolean {
  const head = headOf(outcome.body);
  if (head === undefined || !standsIn(rows, head)) return false;
  if (codeOf(outcome) === 'id_conflict') return input.events.some(({ id }) => usedTwice.has(id));
  const { events, expectedPosition } = input;
  const isElsewhere = expectedPosition !== undefined && head.position > expectedPosition;
  return isElsewhere && codeOf(outcome) === 'version_conflict' && !events.some(({ id }) => ids.has(id));
}

/** An import that met somebody else's rows at its end names no head. */
function isItsHead({ outcome }: ActOf<'import'>, rows: readonly LogRow[]): boolean {
  const head = headOf(outcome.body);
  return head === undefined || standsIn(rows, head);
}

interface NamedHead {
  position: number;
  hash?: string | null;
}

const headOf = (body: Record<string, unknown>): NamedHead | undefined =>
  (body.error as { head?: NamedHead } | undefined)?.head;

function standsIn(rows: readonly LogRow[], { position, hash }: NamedHead): boolean {
  const row = rowAt(rows, position);
  return row !== undefined && row.hash === hash;
}

function idsUsedTwice(acts: readonly Act[]): Set<string> {
  const first = new Map<string, string>();
  const twice = new Set<string>();
  for (const act of acts) {
    if (act.kind !== 'append') continue;
    for (const event of act.input.events) {
      const text = canonical(event);
      if ((first.get(event.id) ?? text) !== text) twice.add(event.id);
      first.set(event.id, text);
    }
  }
  return twice;
}
