import type { Appended, Batch, Span } from '#libs/contracts';
import type { Clock } from '#libs/kernel';
import type { Announcer } from './announcer';
import type { ImportSessions } from './import-sessions';
import { ANNOUNCED_EVENTS, type MindCache } from './mind-cache';
import type { MindHead, MindState } from './mind-store.port';
import type { TailCache } from './tail-cache';

/**
 * Minds with an event in this time are announced when their shard is taken, with what was written shortly before their last
 * event: the owner before us may have died before a coordinator had read it.
 */
const ACTIVE_MS = 10 * 60_000;
const SHORTLY_MS = 30_000;
const MINDS_PER_STATEMENT = 1_000;
/** What the owner before us still committed while we took the shard is found by looking again. */
const SECOND_LOOK_MS = 10_000;
/** And what somebody writes past every event-log by looking ever again: one index look-up a mind. */
const NEXT_LOOK_MS = 30_000;
const RETRY_MS = 1_000;
/** Taking a shard waits for its heads no longer than this; they can also be read one by one. */
const TAKE_MS = 2_000;
/** Nor does giving one up wait longer for imports: who imports hears of it in any case. */
const RELEASE_MS = 3_000;

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
    const loaded = this.loadAndAnnounce(shard);
    await Promise.race([loaded, this.parts.clock.sleep(TAKE_MS)]);
    this.lookAfter(SECOND_LOOK_MS, shard);
  }

  /** Others may have made minds, and written to them, while we were gone: each head is read again before it is used. */
  returned(): void {
    this.parts.minds.dropHeads();
    for (const shard of this.looks.keys()) this.lookAfter(0, shard);
  }

  async release(shard: number): Promise<void> {
    clearTimeout(this.looks.get(shard));
    this.looks.delete(shard);
    await Promise.race([this.parts.imports.release(shard), this.parts.clock.sleep(RELEASE_MS)]);
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
      await this.untilDone(shard, () => this.parts.minds.loadShard(shard));
      if (this.parts.owns(shard) && !this.stopped) this.lookAfter(NEXT_LOOK_MS, shard);
    };
    this.looks.set(
      shard,
      setTimeout(() => void look(), ms),
    );
  }

  /** Resolves once the heads are held; what was written lately is announced after that. */
  private async loadAndAnnounce(shard: number): Promise<void> {
    const { minds, announcer, clock } = this.parts;
    const activeSince = clock.now() - ACTIVE_MS;
    const active = new Map<string, MindHead>();
    const remember = ({ record, head }: MindState) => {
      if (head.position > 0 && head.atMs >= activeSince) active.set(record.id, { mind: record.id, ...head });
    };
    await this.untilDone(shard, () => minds.loadShard(shard, (states) => states.forEach(remember)));
    const heads = [...active.values()];
    void this.untilDone(shard, async () => {
      const spans: Span[] = [];
      for (let at = 0; at < heads.length; at += MINDS_PER_STATEMENT)
        spans.push(...(await minds.newestSpans(heads.slice(at, at + MINDS_PER_STATEMENT), NEWEST)));
      if (spans.length > 0) announcer.announce(spans);
    });
  }

  /** Tries again what the database does not answer, while the shard is ours. Never rejects. */
  private async untilDone(shard: number, work: () => Promise<void>): Promise<void> {
    const { clock, owns, onLoadFailed } = this.parts;
    for (;;) {
      try {
        return await work();
      } catch (error) {
        onLoadFailed(shard, error);
        await clock.sleep(RETRY_MS);
        if (this.stopped || !owns(shard)) return;
      }
    }
  }
}

const NEWEST = { ms: SHORTLY_MS, most: ANNOUNCED_EVENTS };
