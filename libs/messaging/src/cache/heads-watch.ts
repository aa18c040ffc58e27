import { LIMITS, shardOf } from '#libs/contracts';
import { AppError, type Clock } from '#libs/kernel';
import type { Link, Log } from '../link';
import type { LogClient } from '../log-client';
import type { Ownership } from '../ownership';

/** What the watch needs of a cache. */
export interface Watched {
  residents(): Iterable<{ mind: string; watermark: number; headHash: string | null }>;
  catchUp(mind: string, head: { position: number; hash: string }): Promise<void>;
  release(isOurs: (mind: string) => boolean): Promise<void>;
  forget(isStale: (mind: string) => boolean): void;
  prepare(isFirst: (mind: string) => boolean, isAwaited: () => boolean): Promise<void>;
}

export interface HeadsWatchParts {
  log: Pick<LogClient, 'heads' | 'shards'>;
  ownership: Pick<Ownership, 'owns' | 'onPrepare' | 'onTake' | 'onRelease' | 'onReturn'>;
  link: Pick<Link, 'onReconnect'>;
  clock: Clock;
  logger: Log;
}

interface MindHead {
  mind: string;
  position: number;
  hash: string;
}

const EVERY_MS = 30_000;
/** The feed's own time to bring what a head tells. */
const GRACE_MS = 500;
const PATIENCE_MS = 10_000;
const CATCH_UPS_AT_ONCE = 8;

/**
 * A mind that goes quiet after a lost batch shows no gap. So on every reconnect, after every pause in which others may have
 * served its shards, and every 30 s the watermarks are compared with the log's heads. Minds of a shard that was given up are
 * let go; those of a shard just taken are read anew. Before the first shards are taken the cache prepares for its fold version.
 */
export class HeadsWatch {
  private timer?: NodeJS.Timeout;
  private running = false;
  private wantedAgain = false;

  constructor(
    private readonly cache: Watched,
    private readonly parts: HeadsWatchParts,
  ) {}

  start(): void {
    const { ownership, link } = this.parts;
    ownership.onPrepare((shards, isAwaited) =>
      this.cache.prepare((mind) => shards.has(this.shardOf(mind)), isAwaited),
    );
    ownership.onTake((shard) => this.cache.forget((mind) => this.shardOf(mind) === shard));
    ownership.onRelease((shard) =>
      this.cache.release((mind) => this.shardOf(mind) !== shard || ownership.owns(shard)),
    );
    link.onReconnect(() => void this.compare());
    ownership.onReturn(() => void this.compare());
    this.timer = setInterval(() => void this.compare(), EVERY_MS);
  }

  stop(): void {
    clearInterval(this.timer);
  }

  /** One comparison; when it is asked for while one runs, that one is followed by another. Failures are logged. */
  async compare(): Promise<void> {
    this.wantedAgain = true;
    if (this.running) return;
    this.running = true;
    try {
      while (this.wantedAgain) {
        this.wantedAgain = false;
        await this.compareAll();
      }
    } finally {
      this.running = false;
    }
  }

  private async compareAll(): Promise<void> {
    const read = await Promise.all(this.pages().map(({ shard, minds }) => this.headsOf(shard, minds)));
    const heads = read.flat().values();
    await this.parts.clock.sleep(GRACE_MS);
    const catchUpSome = async () => {
      for (const head of heads) await this.catchUp(head);
    };
    await Promise.all(Array.from({ length: CATCH_UPS_AT_ONCE }, catchUpSome));
  }

  private pages(): { shard: number; minds: string[] }[] {
    const open = new Map<number, string[]>();
    const pages: { shard: number; minds: string[] }[] = [];
    for (const { mind } of this.cache.residents()) {
      const shard = this.shardOf(mind);
      if (!this.parts.ownership.owns(shard)) continue;
      let minds = open.get(shard);
      if (!minds || minds.length >= LIMITS.headsPage) {
        minds = [];
        open.set(shard, minds);
        pages.push({ shard, minds });
      }
      minds.push(mind);
    }
    return pages;
  }

  private headsOf(shard: number, minds: string[]): Promise<MindHead[]> {
    return this.orLogged(`heads of shard ${shard}`, [], async () => {
      const { heads } = await this.parts.log.heads({ shard, minds }, { timeoutMs: PATIENCE_MS });
      return heads;
    });
  }

  private catchUp({ mind, position, hash }: MindHead): Promise<void> {
    return this.orLogged(`mind ${mind}`, undefined, () => this.cache.catchUp(mind, { position, hash }));
  }

  /** One failure keeps nobody else from being compared; the next comparison comes in 30 s. */
  private async orLogged<T>(what: string, otherwise: T, work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      this.parts.logger.warn(`${what} could not be compared with the log: ${error.message}`);
      return otherwise;
    }
  }

  private shardOf(mind: string): number {
    return shardOf(mind, this.parts.log.shards);
  }
}
