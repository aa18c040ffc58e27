import type { Rejection } from '#libs/contracts';
import {
  countCharacters,
  MAX_CHARACTERS,
  MAX_REPEATED_SHARE,
  MIN_CHARACTERS,
  MIN_LINES,
  ngramOverlap,
  repeatedWordShare,
  STAGE_TABLE,
  TEXTS_KEPT,
  type ReflectionState,
} from '#libs/mind';

export type ReflectionVerdict =
  { accepted: true; overlap: number } | { accepted: false; reason: Rejection; overlap?: number };

type Facts = Pick<ReflectionState, 'reflections' | 'stage'>;

/** Whether a text is good enough to be a reflection, compared with the last 10. */
export function judgeReflection(given: string, state: Facts): ReflectionVerdict {
  const text = given.trim();
  const form = faultOfForm(text);
  if (form) return { accepted: false, reason: form };
  const overlap = highestOverlap(text, state);
  return overlap < STAGE_TABLE[state.stage.stage].repeatLimit
    ? { accepted: true, overlap }
    : { accepted: false, reason: 'overlap', overlap };
}

function faultOfForm(text: string): Rejection | null {
  const characters = countCharacters(text);
  if (characters < MIN_CHARACTERS) return 'too_short';
  if (characters > MAX_CHARACTERS) return 'too_long';
  if (text.split('\n').filter((line) => line.trim() !== '').length < MIN_LINES) return 'too_few_lines';
  return repeatedWordShare(text) > MAX_REPEATED_SHARE ? 'repetitive' : null;
}

const highestOverlap = (text: string, { reflections: { reflections } }: Facts): number =>
  reflections
    .slice(-TEXTS_KEPT)
    .reduce((highest, { text: other }) => Math.max(highest, ngramOverlap(text, other ?? '')), 0);
