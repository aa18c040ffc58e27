import type { Appended, Batch } from '#libs/contracts';
import type { Clock } from '#libs/kernel';
import type { Announcer } from './announcer';
import type { ImportSessions } from './import-sessions';
import type { MindCache } from './mind-cache';
import type { TailCache } from './tail-cache';

/**
 * Minds with an event in this time are announced when their shard is taken, with all that is so new, as far as so many events
 * back: the owner before us may have died before a coordinator had read it.
 */
const ACTIVE_MS = 10 * 60_000;
const NEW_MS = 60_000;
const NEW_EVENTS = 256;
/** What the owner before us still committed while we took the shard is found by looking again. */
const SECOND_LOOK_MS = 10_000;
/** And what somebody writes past every event-log by looking ever again: one index look-up a mind. */
const NEXT_LOOK_MS = 30_000;
const RETRY_MS = 1_000;
/** Taking a shard waits for its heads no longer than this; they can also be read one by one. */
const TAKE_MS = 2_000;

export interface ShardKeeperParts {
  minds: MindCache;
  tails: TailCache;
  announcer: Announcer;
  imports: ImportSessions;
  clock: Clock;
  owns: (shard: number) => boolean;
  onLoadFailed: (shard: number, error: unknown) => void;
}

/** Keeps memory in step with which shards are ours, and with what others say about their minds. */
export class ShardKeeper {
  /** The next look at each shard. */
  private readonly looks = new Map<number, NodeJS.Timeout>();
  private stopped = false;

  constructor(private readonly parts: ShardKeeperParts) {}

  /** What was remembered of this shard is worth nothing: others may have written. Never rejects. */
  async take(shard: number): Promise<void> {
    this.forget(shard);
    const loaded = this.load(shard, true);
    await Promise.race([loaded, this.parts.clock.sleep(TAKE_MS)]);
    this.lookAfter(SECOND_LOOK_MS, shard);
  }

  async release(shard: number): Promise<void> {
    clearTimeout(this.looks.get(shard));
    this.looks.delete(shard);
    await this.parts.imports.release(shard);
    this.parts.announcer.release(shard);
    this.forget(shard);
  }

  /** A batch was broadcast. One that knows more than we do was written by somebody else. */
  seenBatch({ mind, from, to, headHash }: Batch): void {
    const { minds, tails, announcer } = this.parts;
    const head = minds.peek(mind)?.head;
    if (head && (to > head.position || (to === head.position && headHash !== head.hash)))
      this.distrust(mind, to);
    tails.markBroadcast(mind, to);
    announcer.seen(mind, from, to);
  }

  seenAppended({ spans }: Appended): void {
    const { minds, announcer } = this.parts;
    for (const span of spans) {
      const head = minds.peek(span.mind)?.head;
      if (!head || span.to <= head.position) continue;
      this.distrust(span.mind, span.to);
      announcer.expect(span);
    }
  }

  stop(): void {
    this.stopped = true;
    for (const timer of this.looks.values()) clearTimeout(timer);
    this.looks.clear();
  }

  private distrust(mind: string, announcedTo: number): void {
    this.parts.minds.dropHead(mind, announcedTo);
    this.parts.tails.drop(mind);
  }

  private forget(shard: number): void {
    const { minds, tails } = this.parts;
    minds.dropShard(shard);
    tails.dropWhere((mind) => minds.shardOf(mind) === shard);
  }

  /** One chain of looks a shard: a shard that was given up and taken again has a new one. */
  private lookAfter(ms: number, shard: number): void {
    clearTimeout(this.looks.get(shard));
    const look = async () => {
      await this.load(shard, false);
      if (this.parts.owns(shard) && !this.stopped) this.lookAfter(NEXT_LOOK_MS, shard);
    };
    this.looks.set(
      shard,
      setTimeout(() => void look(), ms),
    );
  }

  /**
   * Reads the heads of a shard, tries again while it is ours. What nobody announced the minds' cache tells; the first time
   * what was written lately is announced too.
   */
  private async load(shard: number, isFirst: boolean): Promise<void> {
    const { minds, announcer, clock, owns, onLoadFailed } = this.parts;
    for (;;) {
      try {
        await minds.loadShard(shard);
        if (!isFirst) return;
        const [activeSinceMs, sinceMs] = [clock.now() - ACTIVE_MS, clock.now() - NEW_MS];
        const spans = await minds.newestSpans(shard, { activeSinceMs, sinceMs, most: NEW_EVENTS });
        if (spans.length > 0 && owns(shard)) announcer.announce(spans);
        return;
      } catch (error) {
        onLoadFailed(shard, error);
        await clock.sleep(RETRY_MS);
        if (this.stopped || !owns(shard)) return;
      }
    }
  }
}
