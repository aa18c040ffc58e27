import { AppError } from '#libs/kernel';

/** What waits for one reader, within bounds. A reader who is too slow loses the mailbox, not the sender its memory. */
export class Mailbox<T> {
  private readonly items: { value: T; bytes: number }[] = [];
  private bytes = 0;
  private overflown = false;
  private waiter: (() => void) | null = null;
  closed = false;

  constructor(
    private readonly mostItems: number,
    private readonly mostBytes: number,
  ) {}

  put(value: T, bytes: number): void {
    if (this.closed || this.overflown) return;
    this.overflown = this.items.length >= this.mostItems || this.bytes + bytes > this.mostBytes;
    if (!this.overflown) {
      this.items.push({ value, bytes });
      this.bytes += bytes;
    }
    this.wake();
  }

  /** The oldest item, which stays. @throws AppError `busy` once something did not fit. */
  peek(): T | undefined {
    if (this.overflown)
      throw new AppError('busy', 'this reader is too slow; come back after the last position');
    return this.items[0]?.value;
  }

  take(): void {
    this.bytes -= this.items.shift()?.bytes ?? 0;
  }

  /** Resolves with the next item, `wake`, `close`, or the time. */
  wait(limitMs: number): Promise<void> {
    if (this.items.length > 0 || this.closed || this.overflown) return Promise.resolve();
    return new Promise((resolve) => {
      const timer = setTimeout(() => this.wake(), limitMs);
      this.waiter = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  wake(): void {
    this.waiter?.();
    this.waiter = null;
  }

  close(): void {
    this.closed = true;
    this.items.length = 0;
    this.wake();
  }
}
