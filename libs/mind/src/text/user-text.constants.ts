/** A text implies at most so many events. */
export const IMPLIED_EVENTS = 16;
/** A sentence has at most so many openers. */
export const OPENERS = 6;
/** "always" and "never" are directives with at least so many words after them. */
export const DIRECTIVE_WORDS = 3;
export const DIRECTIVE_MAX_UNITS = 2_000;
export const STATEMENT_MAX_UNITS = 4_000;
