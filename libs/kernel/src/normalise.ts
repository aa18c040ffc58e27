/** Normalised text everywhere: NFC, lower case, white space collapsed to one space, trimmed. */
export const normaliseText = (text: string): string =>
  text.normalize('NFC').toLowerCase().replace(/\s+/gu, ' ').trim();
