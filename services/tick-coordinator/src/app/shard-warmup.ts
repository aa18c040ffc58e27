import { AppError, type Clock } from '#libs/kernel';
import { Slots, type Log } from '#libs/messaging';
import type { LogPort } from './ports';
import type { Ticker } from './ticker';

const AWAKE_MS = 2 * 3_600_000;
const AT_ONCE = 8;
const QUIET_PAUSE_MS = 50;
const RETRY_MS = 1_000;
const MAX_SHARDS = 4_096;

export interface WarmupParts {
  log: LogPort;
  ticker: Ticker;
  clock: Clock;
  logger: Log;
  owns: (shard: number) => boolean;
}

/**
 * Finds the minds of a shard just taken that may tick by the clock: first those in which something happened lately,
 * then, slowly, all others, which may sleep towards a due time.
 */
export class ShardWarmup {
  /** Quiet minds can wait: one shard after the other. */
  private readonly quiet = new Slots(1, MAX_SHARDS);

  constructor(private readonly parts: WarmupParts) {}

  async run(shard: number): Promise<void> {
    const since = new Date(this.parts.clock.now() - AWAKE_MS).toISOString();
    await this.pages(shard, { activeSince: since, pauseMs: 0 });
    await this.quiet.run(() => this.pages(shard, { pauseMs: QUIET_PAUSE_MS }));
  }

  private async pages(
    shard: number,
    { activeSince, pauseMs }: { activeSince?: string; pauseMs: number },
  ): Promise<void> {
    let after: string | undefined;
    do {
      const page = await this.page(shard, activeSince, after);
      const minds = page.heads.map(({ mind }) => mind).filter((mind) => !this.parts.ticker.knows(mind));
      for (let i = 0; i < minds.length && this.parts.owns(shard); i += AT_ONCE) {
        await Promise.all(minds.slice(i, i + AT_ONCE).map((mind) => this.parts.ticker.wake(mind)));
        if (pauseMs > 0) await this.parts.clock.sleep(pauseMs);
      }
      after = page.next;
    } while (after !== undefined && this.parts.owns(shard));
  }

  private async page(shard: number, activeSince: string | undefined, after: string | undefined) {
    while (this.parts.owns(shard)) {
      try {
        return await this.parts.log.heads({ shard, activeSince, after }, { timeoutMs: 10_000 });
      } catch (error) {
        if (!(error instanceof AppError) || !error.retryable) throw error;
        this.parts.logger.warn(`the minds of shard ${shard} can't be listed now: ${error.message}`);
        await this.parts.clock.sleep(RETRY_MS);
      }
    }
    return { heads: [], next: undefined };
  }
}
