import { LIMITS } from '#libs/contracts';
import { AppError } from '#libs/kernel';

/**
 * Characters in one message of an import. A character of UTF-16 takes at most 6 bytes in JSON (`\u0001`), so that any
 * such message stays under the limit of 900 KiB.
 */
export const PIECE_CHARS = LIMITS.importChunkChars / 2;

/** The first piece of a longer text and the rest; a surrogate pair is never cut in two. */
export function cutPiece(text: string): [piece: string, rest: string] {
  const last = text.charCodeAt(PIECE_CHARS - 1);
  const at = last >= 0xd800 && last <= 0xdbff ? PIECE_CHARS - 1 : PIECE_CHARS;
  return [text.slice(0, at), text.slice(at)];
}

/** How many bytes a file may have that begins like this, or null while it has only begun with white space. */
export function importLimit(beginning: string): number | null {
  const first = /[^\s\ufeff]/.exec(beginning)?.[0];
  if (first === undefined) return null;
  return first === '[' ? LIMITS.importArrayBytes : LIMITS.importNdjsonBytes;
}

/** @throws AppError `too_large` */
export function checkImportSize(bytes: number, limit: number | null): void {
  const most = limit ?? LIMITS.importNdjsonBytes;
  if (bytes <= most) return;
  const what = most === LIMITS.importArrayBytes ? 'a JSON array' : 'an import';
  throw new AppError('too_large', `${what} may have at most ${most / 1024 / 1024} MiB`);
}
