import type { Log } from '#libs/messaging';

const STOP_LIMIT_MS = 9_500;

/**
 * Ends the process once: on SIGTERM, on SIGINT or when the supervisor is gone, within 10 s. A second signal does not end
 * it sooner; the supervisor has SIGKILL for that.
 */
export class StopSignal {
  private stopping = false;
  private stop: () => Promise<void> = () => Promise.resolve();

  constructor(private readonly log: Log) {
    process.on('SIGTERM', () => this.end('SIGTERM'));
    process.on('SIGINT', () => this.end('SIGINT'));
    process.on('disconnect', () => this.end('the supervisor is gone'));
  }

  /** From now on there is something to stop. Until then nothing was accepted, and the end is immediate. */
  calls(stop: () => Promise<void>): void {
    this.stop = stop;
  }

  private end(reason: string): void {
    if (this.stopping) return;
    this.stopping = true;
    this.log.info(`stopping: ${reason}`);
    setTimeout(() => {
      this.log.error('not stopped in time; this process ends');
      process.exit(1);
    }, STOP_LIMIT_MS).unref();
    this.stop().then(
      () => process.exit(0),
      (error) => {
        this.log.error('stopping failed', error);
        process.exit(1);
      },
    );
  }
}
