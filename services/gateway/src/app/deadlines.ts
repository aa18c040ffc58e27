import type { AskOptions } from '#libs/messaging';

/** How long the gateway waits for the services, by kind of request. */

/** A command is repeated by its receiver up to 5 times when another writer was faster. */
export const COMMAND: AskOptions = { timeoutMs: 10_000 };
/** The state as it is now; a mind that is not in memory has to be loaded first. */
const STATE: AskOptions = { timeoutMs: 10_000 };
/** A caller who names a position that must have been folded gets it within 2 s or `timeout`. */
const STATE_AT_LEAST: AskOptions = { timeoutMs: 2_000 };
/** The state at an older position is folded for this one answer. */
const STATE_AT: AskOptions = { timeoutMs: 30_000, resendMs: 30_000 };

export function stateDeadline({ at, minPosition }: { at?: number; minPosition?: number }): AskOptions {
  if (at !== undefined) return STATE_AT;
  return minPosition === undefined ? STATE : STATE_AT_LEAST;
}

/**
 * A turn calls its model up to three times; what is left is for the services around it. A repeat joins the turn that is
 * under way, or takes it over where a member died.
 */
export const turnDeadline = (modelTimeoutMs: number): AskOptions => ({
  timeoutMs: 3 * modelTimeoutMs + 10_000,
  resendMs: 5_000,
});

/** Verification reads and hashes as much as fits into its own page limit. */
export const VERIFY_PAGE: AskOptions = { timeoutMs: 60_000, resendMs: 60_000 };
/** Node's fetch waits 300 s for an answer to begin; a last page may come on top of this. */
export const VERIFY_LIMIT_MS = 230_000;
export const EXPORT_PAGE: AskOptions = { timeoutMs: 20_000 };
/** An import lives in one transaction of one member, which nobody can take over: asking again is of no use. */
export const IMPORT_CHUNK: AskOptions = { timeoutMs: 30_000, resendMs: 30_000 };
export const IMPORT_COMMIT: AskOptions = { timeoutMs: 120_000, resendMs: 120_000 };
export const IMPORT_ABORT: AskOptions = { timeoutMs: 5_000, resendMs: 5_000 };
