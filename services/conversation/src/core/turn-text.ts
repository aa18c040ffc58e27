import { LIMITS } from '#libs/contracts';
import { AppError, checkText } from '#libs/kernel';

/** @throws AppError `too_large` over 32 KiB of UTF-8, `invalid_event` for text that no log takes. */
export function checkTurnText(text: string): void {
  if (Buffer.byteLength(text) > LIMITS.turnTextBytes) {
    throw new AppError('too_large', `text is over ${LIMITS.turnTextBytes} bytes`);
  }
  checkText(text);
  if (text.trim() === '') throw new AppError('invalid_event', 'text is blank');
}
