import type { Span } from '#libs/contracts';
import type { Clock } from '#libs/kernel';

/** What the announcer needs of its surroundings. */
export interface AnnouncerPort {
  /** One message of the shard's announcement subject. `again`: these spans were announced before, and no batch came. */
  publish(shard: number, spans: readonly Span[], again: boolean): void;
  owns(shard: number): boolean;
  shardOf(mind: string): number;
}

interface Waiting {
  from: number;
  to: number;
  dueMs: number;
  pauseMs: number;
}

const FIRST_PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 5_000;
const SWEEP_MS = 50;
/** A span has at most about 140 bytes. */
const SPANS_PER_MESSAGE = 2_000;

/**
 * Says which positions are new, once after each commit, and again, ever more slowly, until a batch has shown them. An
 * announcement is a hint without content: it may be lost, doubled or late.
 */
export class Announcer {
  private readonly waiting = new Map<string, Waiting>();
  /** Set while something waits: a service at rest has nothing to wake up for. */
  private timer?: NodeJS.Timeout;
  private started = false;

  constructor(
    private readonly port: AnnouncerPort,
    private readonly clock: Pick<Clock, 'monotonicMs'>,
  ) {}

  start(): void {
    this.started = true;
    this.arm();
  }

  stop(): void {
    this.started = false;
    clearTimeout(this.timer);
    delete this.timer;
  }

  /** Minds whose events no batch has shown yet. */
  get pending(): number {
    return this.waiting.size;
  }

  /**
   * Announces at once, together with what no batch has shown yet: a coordinator that does not know the mind begins where
   * we say. Remembers what this member has to announce again.
   */
  announce(spans: readonly Span[]): void {
    this.publish(
      spans.map((span) => this.expect(span)),
      false,
    );
  }

  /** Somebody else has announced this: we do so too if no batch shows it soon. Gives it joined with what waits here. */
  expect(span: Span): Span {
    const { mind } = span;
    if (!this.port.owns(this.port.shardOf(mind))) return span;
    const before = this.waiting.get(mind);
    const [from, to] = [Math.min(before?.from ?? span.from, span.from), Math.max(before?.to ?? 0, span.to)];
    // What waits already is not put off by what comes after it.
    const { dueMs, pauseMs } = before ?? this.firstPause();
    this.waiting.set(mind, { from, to, dueMs, pauseMs });
    this.arm();
    return { mind, from, to };
  }

  /** A batch of a mind was seen. What lies before it has been seen no more than it was. */
  seen(mind: string, from: number, to: number): void {
    const waiting = this.waiting.get(mind);
    if (!waiting || to < waiting.from) return;
    if (from <= waiting.from) Object.assign(waiting, this.firstPause(), { from: to + 1 });
    else if (from <= waiting.to && to >= waiting.to) waiting.to = from - 1;
    if (waiting.from > waiting.to) this.waiting.delete(mind);
  }

  /** Another member announces for this shard from now on. */
  release(shard: number): void {
    for (const mind of this.waiting.keys()) if (this.port.shardOf(mind) === shard) this.waiting.delete(mind);
  }

  private firstPause(): Pick<Waiting, 'dueMs' | 'pauseMs'> {
    return { dueMs: this.clock.monotonicMs() + FIRST_PAUSE_MS, pauseMs: FIRST_PAUSE_MS };
  }

  private arm(): void {
    if (!this.started || this.waiting.size === 0) return;
    this.timer ??= setTimeout(() => this.sweep(), SWEEP_MS);
  }

  private sweep(): void {
    delete this.timer;
    const now = this.clock.monotonicMs();
    const due: Span[] = [];
    for (const [mind, waiting] of this.waiting) {
      if (waiting.dueMs > now) continue;
      due.push({ mind, from: waiting.from, to: waiting.to });
      waiting.pauseMs = Math.min(waiting.pauseMs * 2, LONGEST_PAUSE_MS);
      waiting.dueMs = now + waiting.pauseMs;
    }
    if (due.length > 0) this.publish(due, true);
    this.arm();
  }

  private publish(spans: readonly Span[], again: boolean): void {
    const byShard = new Map<number, Span[]>();
    for (const span of spans) {
      const shard = this.port.shardOf(span.mind);
      const list = byShard.get(shard);
      if (list) list.push(span);
      else byShard.set(shard, [span]);
    }
    for (const [shard, list] of byShard)
      for (let at = 0; at < list.length; at += SPANS_PER_MESSAGE)
        this.port.publish(shard, list.slice(at, at + SPANS_PER_MESSAGE), again);
  }
}
