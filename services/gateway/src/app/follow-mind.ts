import { subjects, type Batch } from '#libs/contracts';
import { AppError } from '#libs/kernel';
import type { Link, Log, LogClient } from '#libs/messaging';
import { placeBatch, type FollowedBatch } from '../core/batch-place';
import { COMMAND } from './deadlines';
import { Mailbox } from './mailbox';
import { within } from './within';

export interface FollowSettings {
  /** How often a follower looks whether the log's head is beyond what it was sent. */
  checkMs: number;
  /** What may wait for a slow reader. */
  waitingBatches: number;
  waitingBytes: number;
}

const STANDARD: FollowSettings = { checkMs: 15_000, waitingBatches: 1_000, waitingBytes: 8 * 1024 * 1024 };
const PAGE = 500;
const FLUSH_MS = 2_000;

/** The events of a mind from a position on, each once and in order: first from the log, then from the live batches. */
export class FollowMind {
  private readonly readers = new Set<Following>();

  constructor(
    private readonly link: Link,
    private readonly logClient: LogClient,
    private readonly log: Log,
    private readonly settings: FollowSettings = STANDARD,
  ) {
    link.onReconnect(() => this.readers.forEach((reader) => reader.look()));
  }

  /**
   * @param after The last position already seen; absent: begins with what happens from now on.
   * @throws AppError `unknown_mind`; `invalid_request` when `after` is beyond the head
   */
  async open(mind: string, after?: number): Promise<Following> {
    const mailbox = new Mailbox<Batch>(this.settings.waitingBatches, this.settings.waitingBytes);
    // First the subscription, then the head: what is appended in between is in both, and nothing is in neither.
    const subscription = this.subscribe(mind, mailbox);
    try {
      await within(this.link.nc.flush(), FLUSH_MS, 'NATS does not answer');
      const { position } = (await this.logClient.mind(mind, COMMAND)).head;
      if (after !== undefined && after > position)
        throw new AppError('invalid_request', `after: ${after} is beyond the head, ${position}`);
      const source = { ...this.sourceOf(mind), close: () => subscription.unsubscribe() };
      return this.register(mailbox, source, { seen: after ?? position, head: position });
    } catch (error) {
      subscription.unsubscribe();
      throw error;
    }
  }

  private subscribe(mind: string, mailbox: Mailbox<Batch>) {
    const subject = subjects.batch(this.logClient.shardOf(mind), mind);
    return this.link.subscribe(subject, (message) => {
      try {
        mailbox.put(message.json<Batch>(), message.data.length);
      } catch (error) {
        this.log.error(`${subject}: not a batch`, error);
      }
    });
  }

  private register(
    mailbox: Mailbox<Batch>,
    source: Source,
    start: { seen: number; head: number },
  ): Following {
    const close = () => {
      source.close();
      this.readers.delete(reader);
    };
    const reader = new Following(mailbox, { ...source, close }, start, this.settings.checkMs);
    this.readers.add(reader);
    return reader;
  }

  private sourceOf(mind: string) {
    const shard = this.logClient.shardOf(mind);
    return {
      head: async () =>
        (await this.logClient.heads({ shard, minds: [mind] }, COMMAND)).heads[0]?.position ?? 0,
      read: async (after: number): Promise<FollowedBatch | null> => {
        const { events } = await this.logClient.read({ mind, after, limit: PAGE, purpose: 'query' }, COMMAND);
        const to = events.at(-1)?.position;
        return to === undefined ? null : { from: after + 1, to, events };
      },
    };
  }
}

interface Source {
  read(after: number): Promise<FollowedBatch | null>;
  head(): Promise<number>;
  close(): void;
}

/** One reader's place in a mind's log. */
export class Following {
  private lookedAt = performance.now();

  constructor(
    private readonly mailbox: Mailbox<Batch>,
    private readonly source: Source,
    private state: { seen: number; head: number },
    private readonly checkMs: number,
  ) {}

  /** The last position that the reader has. */
  get position(): number {
    return this.state.seen;
  }

  /** Asks the log for its head before the next wait: a batch that was lost is followed by no other in a quiet mind. */
  look(): void {
    this.lookedAt = -Infinity;
    this.mailbox.wake();
  }

  /** The next events. @throws AppError `busy` when the reader was too slow, else what the log answers. */
  async next(): Promise<FollowedBatch | null> {
    for (;;) {
      if (this.mailbox.closed) return null;
      const batch = await this.fromLog();
      if (batch) return batch;
      const waiting = this.mailbox.peek();
      if (!waiting) {
        await this.waitOrLook();
        continue;
      }
      const place = placeBatch(waiting, this.state.seen);
      if (place.is === 'gap') {
        this.state.head = waiting.from - 1;
        continue;
      }
      this.mailbox.take();
      if (place.is === 'next') return this.advance(place.batch);
    }
  }

  close(): void {
    this.mailbox.close();
    this.source.close();
  }

  private async fromLog(): Promise<FollowedBatch | null> {
    if (this.state.seen >= this.state.head) return null;
    const page = await this.source.read(this.state.seen);
    if (!page || page.to <= this.state.seen)
      throw new AppError('unavailable', 'the log has fewer events than it said');
    return this.advance(page);
  }

  private advance(batch: FollowedBatch): FollowedBatch {
    this.state = { seen: batch.to, head: Math.max(this.state.head, batch.to) };
    return batch;
  }

  private async waitOrLook(): Promise<void> {
    const leftMs = this.lookedAt + this.checkMs - performance.now();
    if (leftMs > 0) return this.mailbox.wait(leftMs);
    this.lookedAt = performance.now();
    this.state.head = Math.max(this.state.head, await this.source.head());
  }
}
