import type { TurnSignal } from '#libs/contracts';

/** What a reader of a streamed turn is shown. After a `restart`, what was shown before is void. */
export type Shown = { type: 'token'; text: string } | { type: 'restart'; reason: string };

/** What has been shown of a turn so far, and whether it is all that was sent. */
export interface Assembly {
  readonly shown: string;
  /** The `n` that the next signal must have. */
  readonly next: number;
  /** False after a gap: tokens are held back until the next restart or the end. */
  readonly intact: boolean;
}

export const EMPTY_ASSEMBLY: Assembly = { shown: '', next: 0, intact: true };

type Step = { assembly: Assembly; show: Shown[] };

/** The reason of a restart that this side makes because signals were lost or another member took the turn over. */
export const RESUMED = 'resumed';

/** Takes one signal. A `restart` and a signal 0 both begin anew, so they also end a gap. */
export function takeSignal(assembly: Assembly, signal: TurnSignal): Step {
  const { n } = signal;
  if ('restart' in signal) {
    const fresh = { shown: '', next: n + 1, intact: true };
    return n < assembly.next && n > 0
      ? unchanged(assembly)
      : { assembly: fresh, show: [restart(signal.restart)] };
  }
  if (n === 0 && assembly.next > 0) return beginAgain(assembly, signal.token);
  if (n < assembly.next) return unchanged(assembly);
  if (n > assembly.next || !assembly.intact)
    return { assembly: { ...assembly, next: n + 1, intact: false }, show: [] };
  const shown = assembly.shown + signal.token;
  return { assembly: { shown, next: n + 1, intact: true }, show: [token(signal.token)] };
}

/** What is still to be shown when the whole text is known, so that the reader ends with exactly this text. */
export function finishTurn({ shown }: Assembly, text: string): Shown[] {
  if (shown === text) return [];
  const whole = text === '' ? [] : [token(text)];
  return shown === '' ? whole : [restart(RESUMED), ...whole];
}

function beginAgain({ shown }: Assembly, text: string): Step {
  const begin = shown === '' ? [] : [restart(RESUMED)];
  return { assembly: { shown: text, next: 1, intact: true }, show: [...begin, token(text)] };
}

const token = (text: string): Shown => ({ type: 'token', text });
const restart = (reason: string): Shown => ({ type: 'restart', reason });
const unchanged = (assembly: Assembly): Step => ({ assembly, show: [] });
