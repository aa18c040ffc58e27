import type { PmmError } from './pmm-error';

/** How often and after which pauses a call is tried again. */
export interface RetryPolicy {
  /** Calls in all, the first included. */
  attempts: number;
  /** Upper bound of the pause after the first failure; it doubles with each further one. */
  firstPauseMs: number;
  longestPauseMs: number;
}

export const DEFAULT_RETRY: RetryPolicy = { attempts: 4, firstPauseMs: 200, longestPauseMs: 5_000 };

/**
 * Whether the same call may succeed later. A turn that failed with `model_unavailable` is recorded under its turn id
 * and answers the same for ever, so this code is left to the caller.
 */
export const worthRetrying = (error: PmmError): boolean =>
  error.retryable && error.code !== 'model_unavailable';

/**
 * Milliseconds to wait after the `failures`th failure: a random part of a doubling bound ("full jitter"), but never
 * less than the server's `Retry-After`. @param random A number of [0, 1).
 */
export function pauseMs(policy: RetryPolicy, failures: number, random: number, retryAfterMs = 0): number {
  const bound = Math.min(policy.longestPauseMs, policy.firstPauseMs * 2 ** (failures - 1));
  const asked = Math.min(retryAfterMs, policy.longestPauseMs);
  return Math.max(asked, random * bound);
}

/** `Retry-After` in milliseconds; dates and nonsense count as 0. */
export function retryAfterMs(header: string | null): number {
  return header !== null && /^\d{1,6}$/.test(header) ? Number(header) * 1000 : 0;
}
