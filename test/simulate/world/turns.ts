/** Taken before anybody may put another one in its place. */
const turn = setImmediate;
/** Turns asked for at once. Most of what a turn costs is the process's look for real input, which comes once for all of them. */
const AT_ONCE = 256;

/**
 * Takes one step after the other until one gives something. Between two of them everything runs that follows from the
 * first without waiting: node does so between any two immediates, also those of one round of its loop.
 */
export function inTurns<T>(step: () => T | undefined): Promise<T> {
  return new Promise((resolve, reject) => {
    let isOver = false;
    const next = () => {
      if (isOver) return;
      try {
        const result = step();
        if (result === undefined) return;
        isOver = true;
        resolve(result);
      } catch (error) {
        isOver = true;
        reject(error as Error);
      }
    };
    const round = () => {
      if (isOver) return;
      for (let n = 0; n < AT_ONCE; n++) turn(next);
      turn(round);
    };
    next();
    round();
  });
}
