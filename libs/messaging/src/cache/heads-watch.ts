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
}

const EVERY_MS = 30_000;
const GRACE_MS = 500;
const PATIENCE_MS = 10_000;

/**
 * A mind that goes quiet after a lost batch shows no gap. So on start, on every reconnect and every 30 s the watermarks
 * are compared with the log's heads. Minds of shards that were given up are let go.
 */
export class HeadsWatch {
  private timer?: NodeJS.Timeout;
  private running = false;

  constructor(
    private readonly cache: Watched,
    private readonly parts: { log: LogClient; ownership: Ownership; link: Link; clock: Clock; logger: Log },
  ) {}

  start(): void {
    const { ownership, link, log } = this.parts;
    ownership.onRelease(() => this.cache.release((mind) => ownership.owns(shardOf(mind, log.shards))));
    link.onReconnect(() => void this.compare());
    this.timer = setInterval(() => void this.compare(), EVERY_MS);
  }

  stop(): void {
    clearInterval(this.timer);
  }

  /** One comparison; a second one asked for meanwhile is left out. Failures are logged: the next one comes in 30 s. */
  async compare(): Promise<void> {
    if (this.running) return;
    this.running = true;
    try {
      for (const [shard, minds] of this.behindByShard()) await this.compareShard(shard, minds);
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      this.parts.logger.warn(`heads could not be compared: ${error.message}`);
    } finally {
      this.running = false;
    }
  }

  private behindByShard(): Map<number, string[]> {
    const byShard = new Map<number, string[]>();
    for (const { mind } of this.cache.residents()) {
      const shard = shardOf(mind, this.parts.log.shards);
      if (!this.parts.ownership.owns(shard)) continue;
      const minds = byShard.get(shard) ?? [];
      minds.push(mind);
      byShard.set(shard, minds);
    }
    return byShard;
  }

  private async compareShard(shard: number, minds: string[]): Promise<void> {
    for (let i = 0; i < minds.length; i += LIMITS.headsPage) {
      const page = minds.slice(i, i + LIMITS.headsPage);
      const { heads } = await this.parts.log.heads({ shard, minds: page }, { timeoutMs: PATIENCE_MS });
      await this.parts.clock.sleep(GRACE_MS);
      for (const { mind, position, hash } of heads) await this.cache.catchUp(mind, { position, hash });
    }
  }
}
