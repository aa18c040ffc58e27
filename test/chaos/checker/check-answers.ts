import type { Act } from '../load/acts';
import type { Findings } from './violation';

/** A snooze up to a tick that has come meanwhile. */
const MAY_BE_REFUSED: readonly Act['kind'][] = ['snooze'];

/**
 * Faults may make a call wait or fail for a while, but no answer may be false: nothing is `internal`, and nobody who
 * names a position, a mind or a commitment that was acknowledged is told that there is none.
 */
export function checkAnswers(acts: readonly Act[], findings: Findings): void {
  for (const { kind, mind, input, outcome } of acts) {
    const { status, body } = outcome;
    const isRefused = status === 404 || (status === 400 && !MAY_BE_REFUSED.includes(kind));
    const isFalse = status === 500 || isRefused;
    findings.expect(!isFalse, 'no answer is false', mind, () =>
      JSON.stringify({ kind, input, status, body }),
    );
  }
}
