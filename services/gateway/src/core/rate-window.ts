/** How often something may happen within any one second, per key. The caller bounds the number of keys. */
export interface RateWindow {
  /** Times of the last permits in milliseconds, oldest first, at most `limit` of them. */
  readonly times: readonly number[];
}

export const WINDOW_MS = 1_000;

/** The window after one more permit at `nowMs`, or null when `limit` permits lie within the last second. */
export function permit(window: RateWindow | undefined, limit: number, nowMs: number): RateWindow | null {
  const recent = (window?.times ?? []).filter((time) => nowMs - time < WINDOW_MS);
  return recent.length >= limit ? null : { times: [...recent, nowMs] };
}
