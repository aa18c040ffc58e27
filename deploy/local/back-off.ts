const firstDelayMs = 200;
const longestDelayMs = 10_000;
const steadyAfterMs = 30_000;

/**
 * How long to wait before a process that ended is started again: 0.2 s, doubled each time up to 10 s,
 * and from the start again for one that had lived for 30 s.
 */
export function nextDelayMs(previousDelayMs: number, aliveMs: number): number {
  if (previousDelayMs === 0 || aliveMs >= steadyAfterMs) return firstDelayMs;
  return Math.min(previousDelayMs * 2, longestDelayMs);
}
