import { LIMITS } from '#libs/contracts';

/** The next open beyond it is refused as `too_large`. */
export const OPEN_LIMIT = LIMITS.openCommitments;
/** What the fold keeps at most: own ones (a few may be judged at the same moment), and those of an import. */
export const OPEN_KEPT = 2 * OPEN_LIMIT;
export const IMPORTED_OPEN_KEPT = 10_000;
export const CLOSED_KEPT = 200;
export const EXPIRED_KEPT = 500;
export const EMPTIED_PROJECTS_KEPT = 1_000;
export const REBINDS_KEPT = 16;
/** What is kept of an imported text; the log has all of it. */
export const IMPORTED_TEXT_UNITS = 4_000;

/** What our own events can name; imported ids, names and projects may be longer, and then no rule speaks of them. */
export const CID_UNITS = 64;
export const PROJECT_UNITS = 100;
export const NAME_UNITS = 64;

export const TEXT_MIN_CHARACTERS = 3;
export const TEXT_MAX_CHARACTERS = 400;

export const DEFAULT_TTL_TICKS = 2_000;
/** So long after its due time a commitment is overdue and expires. */
export const OVERDUE_MS = 72 * 60 * 60 * 1000;
/** At most so many dues and expiries a tick, oldest first. */
export const ENDS_PER_TICK = 200;
/** Rebinds of one append. */
export const REBINDS_PER_APPEND = 200;

export const URGENCY_WEIGHT = 0.6;
export const LEVEL_WEIGHT = 0.3;
export const NEWNESS_WEIGHT = 0.1;
export const LEVELS = { high: 1, medium: 0.6, low: 0.2 } as const;
/** The level of a commitment to which nobody gave one. */
export const DEFAULT_LEVEL = LEVELS.medium;
export const URGENCY_HORIZON_HOURS = 72;
export const NEWNESS_TICKS = 100;
