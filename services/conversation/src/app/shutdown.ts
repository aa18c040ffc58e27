import { AppError } from '#libs/kernel';
import type { TurnQueue } from './turn-queue';

/** How long open model calls may go on once the process has been told to end. */
const PATIENCE_MS = 7_000;

/** The orderly end: no new turns, and after 7 s no open model calls. What they were for goes on under the same turnId. */
export class Shutdown {
  private readonly controller = new AbortController();

  constructor(
    private readonly queue: TurnQueue,
    private readonly patienceMs = PATIENCE_MS,
  ) {}

  /** Aborted when open model calls must end; its reason is `unavailable`. */
  get signal(): AbortSignal {
    return this.controller.signal;
  }

  begin(): void {
    this.queue.close();
    const reason = new AppError(
      'unavailable',
      'this member is shutting down; the same turn goes on elsewhere',
    );
    setTimeout(() => this.controller.abort(reason), this.patienceMs).unref();
  }
}
