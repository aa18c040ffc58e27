const MAX_TIMER_MS = 2 ** 31 - 1;

/** Resolves like `work`, or like `late()` when that takes longer than `ms`. `work` itself goes on; `late` may throw. */
export async function within<T>(work: Promise<T>, ms: number, late: () => T): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const tooLate = new Promise<'late'>((resolve) => {
    timer = setTimeout(() => resolve('late'), Math.min(Math.max(0, ms), MAX_TIMER_MS));
  });
  try {
    const first = await Promise.race([work.then((value) => ({ value })), tooLate]);
    return first === 'late' ? late() : first.value;
  } finally {
    clearTimeout(timer);
  }
}
