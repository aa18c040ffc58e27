import { PmmError } from '#libs/client';

/** A failure in one line. */
export function messageOf(error: unknown): string {
  if (error instanceof PmmError) {
    if (error.message.startsWith('no answer from')) return `${error.message} (is it running? npm start)`;
    return `${error.message} (${error.code})`;
  }
  return error instanceof Error ? error.message.replace(/\s*\n\s*/g, ' ') : String(error);
}
