import type { Appended } from '#libs/contracts';

const REMEMBERED_MINDS = 20_000;

interface Done {
  position: number;
  hash?: string;
}

/** What one shard waits for and has seen. */
export class ShardProgress {
  reading = false;
  /** Last event broadcast, by mind. A mind that is forgotten starts at its next announcement's `from`. */
  private readonly done = new Map<string, Done>();
  /** Minds that wait, in the order in which they are read: from where, and the last position announced. */
  private readonly wanted = new Map<string, { after: number; to: number }>();

  get isWaiting(): boolean {
    return this.wanted.size > 0;
  }

  get size(): number {
    return this.wanted.size;
  }

  /** `again`: nobody saw these spans broadcast, so they are, even if that happened already. */
  announced({ spans, again }: Appended): void {
    for (const { mind, from, to } of spans) {
      const waiting = this.wanted.get(mind);
      let after = waiting?.after ?? this.done.get(mind)?.position ?? from - 1;
      if (again) after = Math.min(after, from - 1);
      if (to > after) this.wanted.set(mind, { after, to: Math.max(to, waiting?.to ?? 0) });
    }
  }

  /** What to read next. */
  ranges(limit: number): { mind: string; after: number }[] {
    return [...this.wanted].slice(0, limit).map(([mind, { after }]) => ({ mind, after }));
  }

  /** The hash of the event at a position, if that was the last one broadcast. */
  hashAt(mind: string, position: number): string | undefined {
    const done = this.done.get(mind);
    return done?.position === position ? done.hash : undefined;
  }

  /**
   * A mind was read after `asked`, and what came was broadcast; `last` is undefined when nothing came. One with more to come
   * goes to the end of the line.
   */
  read(mind: string, { asked, last, head }: { asked: number; last?: Done; head: number }): void {
    const waiting = this.wanted.get(mind);
    if (!waiting || waiting.after < asked) return;
    const after = last?.position ?? asked;
    this.remember(mind, last ?? { position: asked, hash: this.hashAt(mind, asked) });
    const isComplete = after >= Math.max(head, waiting.to) || (!last && head <= after);
    if (!isComplete && !last) return;
    this.wanted.delete(mind);
    if (!isComplete) this.wanted.set(mind, { after, to: waiting.to });
  }

  private remember(mind: string, { position, hash }: Done): void {
    this.done.delete(mind);
    this.done.set(mind, { position, hash });
    if (this.done.size <= REMEMBERED_MINDS) return;
    const [oldest] = this.done.keys();
    if (oldest !== undefined) this.done.delete(oldest);
  }

  /** The log knows nothing of this mind, or what it has of it can't be broadcast. */
  giveUp(mind: string): void {
    this.wanted.delete(mind);
  }
}
