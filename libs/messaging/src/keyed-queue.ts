import { AppError } from '#libs/kernel';

/** Runs work one at a time per key and in order of arrival; different keys run side by side. Bounded. */
export class KeyedQueue {
  private readonly tails = new Map<string, Promise<void>>();
  private size = 0;

  constructor(private readonly limit: number) {}

  get pending(): number {
    return this.size;
  }

  /** @throws AppError `busy` when the queue is full; else what `work` throws. */
  async run<T>(key: string, work: () => Promise<T>): Promise<T> {
    if (this.size >= this.limit) throw new AppError('busy', 'too much is waiting here; try again');
    this.size += 1;
    const before = this.tails.get(key);
    const result = before ? before.then(work) : started(work);
    const tail = result.then(ignore, ignore);
    this.tails.set(key, tail);
    try {
      return await result;
    } finally {
      this.size -= 1;
      if (this.tails.get(key) === tail) this.tails.delete(key);
    }
  }

  /** Resolves when everything that was accepted until now, of all keys or of those wanted, has ended. */
  async idle(wanted: (key: string) => boolean = () => true): Promise<void> {
    await Promise.all([...this.tails].filter(([key]) => wanted(key)).map(([, tail]) => tail));
  }
}

/** Begun at once, and a failure of the beginning is a rejection too. */
const started = async <T>(work: () => Promise<T>): Promise<T> => work();

/** The failure itself reaches the caller of `run`; the next in line only waits for the end. */
const ignore = () => undefined;
