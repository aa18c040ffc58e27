import { Heap } from './heap';
import type { Process } from './process';
import type { Random } from './random';
import type { Trace } from './trace';
import { inTurns } from './turns';

/** Something that will happen. */
export interface Task {
  at: number;
  order: number;
  process: Process | null;
  run: () => void;
  cancelled: boolean;
}

/** Wall time at the beginning of every run. */
export const EPOCH_MS = Date.parse('2026-01-01T00:00:00.000Z');

/**
 * Owns time. One thing happens after the other, and all that follows from it without waiting has happened before the
 * next one. A thing belongs to one process, so that whatever is begun meanwhile belongs to that process as well.
 */
export class Scheduler {
  /** Milliseconds since the beginning. */
  now = 0;
  steps = 0;
  current: Process | null = null;
  private readonly heap = new Heap<Task>();
  private order = 0;

  constructor(
    private readonly random: Random,
    private readonly trace: Trace,
  ) {}

  after(ms: number, process: Process | null, run: () => void): Task {
    const task = { at: this.now + ms, order: this.order++, process, run, cancelled: false };
    this.heap.push(task);
    return task;
  }

  /** A timer of the process that is at work now; it fires a little late, as timers do. */
  timer(ms: number, run: () => void): Task {
    return this.after(Math.max(1, ms) + this.random.next() * 0.9, this.current, run);
  }

  wait(ms: number): Promise<void> {
    return new Promise((resolve) => this.after(ms, this.current, resolve));
  }

  /** Lets time go by until `ends` says so, or until `limit`. True when it said so. */
  runUntil(limit: number, ends: () => boolean = () => false): Promise<boolean> {
    return inTurns(() => {
      for (;;) {
        if (ends()) return true;
        const next = this.heap.first;
        if (!next || next.at > limit) {
          this.now = Math.max(this.now, limit);
          return ends();
        }
        this.heap.pop();
        if (next.cancelled) continue;
        this.now = Math.max(this.now, next.at);
        if (this.happens(next)) return undefined;
      }
    });
  }

  pause(process: Process): void {
    if (process.state === 'running') process.state = 'paused';
  }

  /** What came due meanwhile comes all at once, timers and messages mixed. */
  resume(process: Process): void {
    if (process.state !== 'paused') return;
    process.state = 'running';
    for (const run of process.held.splice(0)) this.after(this.random.next() * 0.5, process, run);
  }

  private happens(task: Task): boolean {
    const { process } = task;
    if (process?.state === 'dead') return false;
    if (process?.state === 'paused') {
      process.held.push(() => {
        if (!task.cancelled) task.run();
      });
      return false;
    }
    this.steps += 1;
    this.trace.mix(Math.round(this.now * 1_000) ^ ((process?.number ?? 0) << 20));
    this.current = process;
    task.run();
    return true;
  }
}
