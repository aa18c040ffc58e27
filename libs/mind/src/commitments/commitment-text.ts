import { countCharacters } from '../text/cut-text';
import { TEXT_MAX_CHARACTERS, TEXT_MIN_CHARACTERS } from './commitments.constants';

export type CheckedText = { ok: true; text: string } | { ok: false; reason: string };

/** The text of a commitment, trimmed: 3 to 400 characters. */
export function checkCommitmentText(given: string): CheckedText {
  const text = given.normalize('NFC').trim();
  const characters = countCharacters(text);
  return characters >= TEXT_MIN_CHARACTERS && characters <= TEXT_MAX_CHARACTERS
    ? { ok: true, text }
    : { ok: false, reason: `a commitment has ${TEXT_MIN_CHARACTERS} to ${TEXT_MAX_CHARACTERS} characters` };
}
