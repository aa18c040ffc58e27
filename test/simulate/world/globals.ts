import { EPOCH_MS, type Scheduler, type Task } from './scheduler';
import type { Random } from './random';

interface Timer {
  task: Task;
  unref(): Timer;
  ref(): Timer;
}

/**
 * Puts the simulation's time and chance in the place of the process's own, for code that asks for them by itself.
 * Nothing then waits for real time, whichever way it waits. Gives what puts the real ones back.
 */
export function ownGlobals(scheduler: Scheduler, random: Random): () => void {
  const real = {
    ...{ setTimeout, setInterval, setImmediate, clearTimeout, clearInterval },
    ...{ dateNow: Date.now, performanceNow: performance.now, random: Math.random },
  };
  const setTimer = (run: () => void, ms = 1): Timer => timerOf(scheduler.timer(ms, run));
  const setRepeated = (run: () => void, ms = 1): Timer => {
    const timer = timerOf(scheduler.timer(ms, again));
    function again(): void {
      timer.task = scheduler.timer(ms, again);
      run();
    }
    return timer;
  };
  const clear = (timer?: Timer): void => {
    if (timer) timer.task.cancelled = true;
  };
  const put = (target: object, values: object) => Object.assign(target, values);
  put(globalThis, {
    setTimeout: setTimer,
    setInterval: setRepeated,
    setImmediate: (run: () => void) => scheduler.after(0, scheduler.current, run),
    clearTimeout: clear,
    clearInterval: clear,
  });
  put(Date, { now: () => EPOCH_MS + Math.floor(scheduler.now) });
  put(performance, { now: () => scheduler.now });
  put(Math, { random: () => random.next() });
  return () => {
    const { dateNow, performanceNow, random: chance, ...timers } = real;
    put(globalThis, timers);
    put(Date, { now: dateNow });
    put(performance, { now: performanceNow });
    put(Math, { random: chance });
  };
}

function timerOf(task: Task): Timer {
  const timer: Timer = { task, unref: () => timer, ref: () => timer };
  return timer;
}
