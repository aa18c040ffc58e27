import { AppError } from '#libs/kernel';

/** Lets a bounded number of works run at once; the others wait in order of arrival, and they are bounded too. */
export class Slots {
  private taken = 0;
  private readonly waiting: (() => void)[] = [];

  constructor(
    private readonly limit: number,
    private readonly waitingLimit: number,
  ) {}

  /** Whether whoever comes now has to wait. */
  get isFull(): boolean {
    return this.taken >= this.limit;
  }

  /** @throws AppError `busy` when too many wait already; else what `work` throws. */
  async run<T>(work: () => Promise<T>): Promise<T> {
    await this.enter();
    try {
      return await work();
    } finally {
      this.leave();
    }
  }

  private async enter(): Promise<void> {
    if (!this.isFull) {
      this.taken += 1;
      return;
    }
    if (this.waiting.length >= this.waitingLimit) {
      throw new AppError('busy', 'too much is waiting to be read here; try again');
    }
    await new Promise<void>((resolve) => this.waiting.push(resolve));
  }

  /** The slot goes straight to the next in line, so that nobody who comes just now can take it as well. */
  private leave(): void {
    const next = this.waiting.shift();
    if (next) next();
    else this.taken -= 1;
  }
}
