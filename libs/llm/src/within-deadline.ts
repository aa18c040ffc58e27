/**
 * Runs work that may take `ms` at most. When the time is up, or `outer` is aborted, the signal that `run` got is aborted
 * and the returned promise rejects with the reason, whether `run` heeds the signal or not.
 */
export async function withinDeadline<T>(
  outer: AbortSignal,
  { ms, reason }: { ms: number; reason: () => Error },
  run: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const controller = new AbortController();
  const { signal } = controller;
  const passOn = () => controller.abort(outer.reason);
  outer.addEventListener('abort', passOn, { once: true });
  if (outer.aborted) passOn();
  const timer = setTimeout(() => controller.abort(reason()), ms);
  try {
    return await orAborted(signal, () => run(signal));
  } finally {
    clearTimeout(timer);
    outer.removeEventListener('abort', passOn);
  }
}

/** What `run` resolves to, or the signal's reason as soon as it is aborted. `run` is not begun when it is already. */
export async function orAborted<T>(signal: AbortSignal, run: () => Promise<T>): Promise<T> {
  signal.throwIfAborted();
  return new Promise<T>((resolve, reject) => {
    const stop = () => reject(signal.reason as Error);
    signal.addEventListener('abort', stop, { once: true });
    run()
      .then(resolve, reject)
      .finally(() => signal.removeEventListener('abort', stop));
  });
}
