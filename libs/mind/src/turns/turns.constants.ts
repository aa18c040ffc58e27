/** Conversation keeps the last turns, and at most this much of their text (bytes of UTF-8). */
export const TURNS_KEPT = 20;
export const TURNS_TEXT_BYTES = 16 * 1024;
/** What is kept of one message; the log has all of it. */
export const SAID_BYTES = TURNS_TEXT_BYTES / 2;
export const TURN_IDS_KEPT = 256;
/** A turn that is open for so long, by the time of its events, has failed. */
export const TURN_TIMEOUT_MS = 10 * 60 * 1000;
