import { DiscardPolicy, NatsError, RetentionPolicy, StorageType } from 'nats';
import { BATCH_STREAM, subjects } from '#libs/contracts';
import type { Link, Log } from './link';

const HOUR_NANOS = 3_600 * 1e9;
const CHECK_MS = 10_000;

/**
 * Keeps the stream that captures broadcast batches for one hour, to look back at. No cache is fed from it; when it is
 * lost it is simply made again.
 */
export class BatchStream {
  private timer?: NodeJS.Timeout;

  constructor(
    private readonly link: Link,
    private readonly log: Log,
  ) {}

  async start(): Promise<void> {
    await this.ensure();
    this.timer = setInterval(() => void this.ensure(), CHECK_MS);
    this.link.onReconnect(() => void this.ensure());
  }

  stop(): void {
    clearInterval(this.timer);
  }

  private async ensure(): Promise<void> {
    if (this.link.state !== 'connected') return;
    try {
      const manager = await this.link.nc.jetstreamManager({ timeout: 3_000 });
      await manager.streams.add({
        name: BATCH_STREAM,
        subjects: [subjects.everyBatch],
        storage: StorageType.File,
        retention: RetentionPolicy.Limits,
        discard: DiscardPolicy.Old,
        max_age: HOUR_NANOS,
        max_bytes: 1024 ** 3,
      });
    } catch (error) {
      if (!(error instanceof NatsError)) throw error;
      this.log.warn(`stream ${BATCH_STREAM} can't be made now (${error.message}); trying again`);
    }
  }
}
