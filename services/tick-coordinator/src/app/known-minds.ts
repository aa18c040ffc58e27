import type { MindEvent } from '#libs/contracts';
import { AppError } from '#libs/kernel';
import { Slots, type Log } from '#libs/messaging';

/** Event-log answers requests of users at the same time: after a restart, thousands of minds come at once. */
const READS_AT_ONCE = 32;
const WAITING = 100_000;
const RETRY_MS = 2_000;

export interface KnownMindsParts<T> {
  /**
   * @param first All events of a mind that is new: they need not be read.
   * @throws AppError of event-log.
   */
  read: (mind: string, first?: readonly MindEvent[]) => Promise<T>;
  /** Told when what is known of a mind is not kept any more. */
  drop: (known: T) => void;
  /** Called when it is time to read a mind again that could not be read. */
  again: (mind: string) => void;
  owns: (mind: string) => boolean;
  logger: Pick<Log, 'warn'>;
}

/** What is known of each mind: read from the log once, few minds at a time, and dropped when another member takes over. */
export class KnownMinds<T> {
  private readonly known = new Map<string, Promise<T>>();
  /** Minds that are read when their turn comes. */
  private readonly waiting = new Map<string, Promise<T | null>>();
  /** Minds that could not be read, and when that is tried again. */
  private readonly retries = new Map<string, NodeJS.Timeout>();
  private readonly reads = new Slots(READS_AT_ONCE, WAITING);
  private stopped = false;

  constructor(private readonly parts: KnownMindsParts<T>) {}

  has(mind: string): boolean {
    return this.known.has(mind) || this.waiting.has(mind) || this.retries.has(mind);
  }

  /** Whether a mind that is not known has to wait until others were read. */
  mustWait(mind: string): boolean {
    return !this.known.has(mind) && this.reads.isFull;
  }

  isWaiting(mind: string): boolean {
    return this.waiting.has(mind);
  }

  /** Reads a mind at once if it is not known. @throws AppError of event-log. */
  now(mind: string): Promise<T> {
    return this.known.get(mind) ?? this.read(mind);
  }

  /**
   * Reads a mind, if it is not known, when its turn comes. Null: it became another member's meanwhile.
   * @throws AppError of event-log, `busy`
   */
  inTurn(mind: string, first?: readonly MindEvent[]): Promise<T | null> {
    const there = this.known.get(mind) ?? this.waiting.get(mind);
    if (there) return there;
    const read = async () => (this.isOurs(mind) ? (this.known.get(mind) ?? this.read(mind, first)) : null);
    const waiting = this.reads.run(read).finally(() => this.waiting.delete(mind));
    this.waiting.set(mind, waiting);
    return waiting;
  }

  /** What can't be read now is read again soon: an awake mind must not fall asleep by it. */
  failed(mind: string, error: unknown): void {
    if (!(error instanceof AppError)) throw error;
    if (!error.retryable || this.known.has(mind)) return;
    this.parts.logger.warn(`mind ${mind}: its clock can't be read now: ${error.message}`);
    this.readLater(mind);
  }

  /** Forgets a mind until it is read again soon. */
  forgetForNow(mind: string): void {
    this.forget(mind);
    this.readLater(mind);
  }

  forget(mind: string): void {
    clearTimeout(this.retries.get(mind));
    this.retries.delete(mind);
    const known = this.known.get(mind);
    this.known.delete(mind);
    known?.then(this.parts.drop, () => undefined);
  }

  /** Drops the minds that are another member's now. */
  release(): void {
    for (const mind of [...this.known.keys(), ...this.retries.keys()])
      if (!this.isOurs(mind)) this.forget(mind);
  }

  stop(): void {
    this.stopped = true;
    this.release();
  }

  private isOurs(mind: string): boolean {
    return !this.stopped && this.parts.owns(mind);
  }

  private read(mind: string, first?: readonly MindEvent[]): Promise<T> {
    const known = this.parts.read(mind, first);
    this.known.set(mind, known);
    known.catch(() => this.known.get(mind) === known && this.known.delete(mind));
    return known;
  }

  private readLater(mind: string): void {
    if (this.retries.has(mind)) return;
    const again = () => {
      this.retries.delete(mind);
      this.parts.again(mind);
    };
    this.retries.set(mind, setTimeout(again, RETRY_MS).unref());
  }
}
