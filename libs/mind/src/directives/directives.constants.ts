export const DIRECTIVES_KEPT = 512;
/** What is kept of one directive; the log has all of it. */
export const DIRECTIVE_UNITS = 2_000;
/** Sightings among this many last directive events count again … */
export const RECENT_WINDOW = 200;
/** … with this weight. */
export const RECENT_WEIGHT = 2;
export const ACTIVE_DIRECTIVES = 7;
export const SOURCES_KEPT = 16;
