import { setTimeout as pause } from 'node:timers/promises';

export { pause };

export interface Patience {
  timeoutMs: number;
  everyMs?: number;
  /** Ends the waiting early; `waitUntil` then answers undefined. */
  signal?: AbortSignal;
}

/**
 * Asks again and again until the answer is neither undefined nor false. Promises to come back after
 * `timeoutMs` (plus one question) with undefined. What `ask` throws ends the waiting.
 */
export async function waitUntil<T>(
  ask: () => Promise<T | undefined | false> | T | undefined | false,
  { timeoutMs, everyMs = 25, signal }: Patience,
): Promise<T | undefined> {
  const deadline = performance.now() + timeoutMs;
  while (!signal?.aborted) {
    const answer = await ask();
    if (answer !== undefined && answer !== false) return answer;
    if (performance.now() >= deadline) return undefined;
    await pause(everyMs);
  }
  return undefined;
}
