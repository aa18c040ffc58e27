import { AppError, type Clock } from '#libs/kernel';
import { within, type Log } from '#libs/messaging';

/** Resolves while all is well, and throws while it is not. */
export type Check = () => Promise<void> | void;

const KEPT_MS = 1_000;
const LIMIT_MS = 1_500;

/**
 * Makes a check at most once a second and never twice at a time, however many ask. Who asks meanwhile shares the last one;
 * one that takes longer than 1.5 s counts as failed, and no other is begun until it has ended.
 */
export class SharedCheck {
  private beganAt = -Infinity;
  private isOut = false;
  private last: Promise<string | null> = Promise.resolve(null);

  constructor(
    private readonly check: Check,
    private readonly clock: Clock,
    private readonly log: Log,
  ) {}

  /** What is wrong, in a sentence; null when nothing is. */
  fault(): Promise<string | null> {
    const now = this.clock.monotonicMs();
    if (!this.isOut && now - this.beganAt >= KEPT_MS) {
      this.beganAt = now;
      this.last = this.begin();
    }
    return within(this.last, LIMIT_MS, () => 'no answer in time');
  }

  private async begin(): Promise<string | null> {
    this.isOut = true;
    try {
      await this.check();
      return null;
    } catch (error) {
      if (error instanceof AppError) return error.message;
      this.log.error('whether this service is ready could not be found out', error);
      return 'internal';
    } finally {
      this.isOut = false;
    }
  }
}
