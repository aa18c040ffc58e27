import type { NewEvent } from '#libs/contracts';
import { draft, eventId } from '#libs/kernel';
import { readUserText, userMessageId } from '#libs/mind';

/** What makes the ids of a turn's user message and of what it implies. */
export interface UserWords {
  mind: string;
  turnId: string;
  text: string;
  userName?: string;
}

/** The user's message and the events that its text implies: a function of the words alone, so that a repeat is equal. */
export function userEvents({ mind, turnId, text, userName }: UserWords): NewEvent[] {
  const message = { id: userMessageId(mind, turnId), ...draft('user_message', { turnId, userName }, text) };
  const implied = readUserText(text).map(({ kind, content, meta }, n) => ({
    id: eventId(mind, turnId, 'implied', n),
    kind,
    content,
    meta,
  }));
  return [message, ...implied];
}
