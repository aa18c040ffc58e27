import type { MessageHandler } from '@nestjs/microservices';
import type { Msg } from 'nats';
import { BATCH_VERSION } from '#libs/contracts';
import { KeyedQueue } from './keyed-queue';
import type { Log } from './link';
import type { Metrics } from './metrics';
import type { Ownership } from './ownership';
import { parsePayload, unwrapResult } from './transport-message';

const WAITING_LIMIT = 20_000;
const WAITING_BYTES_LIMIT = 128 * 1024 * 1024;

export interface BatchIntakeParts {
  ownership: Pick<Ownership, 'alive'>;
  metrics: Metrics;
  log: Log;
}

/**
 * Hands batches to the service one at a time per mind, in order of arrival. What is beyond the bounds is shed: the gap is
 * repaired later.
 */
export class BatchIntake {
  private readonly queue = new KeyedQueue(WAITING_LIMIT);
  private bytes = 0;

  constructor(private readonly parts: BatchIntakeParts) {}

  accept(message: Msg, handler: MessageHandler): void {
    const { metrics, log, ownership } = this.parts;
    const bytes = message.data.length;
    if (this.bytes + bytes > WAITING_BYTES_LIMIT || this.queue.pending >= WAITING_LIMIT) {
      metrics.batches.inc({ result: 'shed' });
      return;
    }
    this.bytes += bytes;
    metrics.bytes.inc({ what: 'batch' }, bytes);
    const mind = message.subject.slice(message.subject.lastIndexOf('.') + 1);
    this.queue
      .run(mind, async () => {
        if (!ownership.alive()) return metrics.batches.inc({ result: 'dropped' });
        const batch = parsePayload(message);
        if (isReadable(batch)) await unwrapResult(await handler(batch));
        else this.unreadable(mind);
      })
      .catch((error) => log.error(`batch of ${mind} failed`, error))
      .finally(() => (this.bytes -= bytes));
  }

  /** A gap like any other: the events are read from the log. */
  private unreadable(mind: string): void {
    this.parts.metrics.batches.inc({ result: 'unreadable' });
    this.parts.log.warn(`a batch of ${mind} is of a version that is not known here: upgrade this process`);
  }

  /** Resolves when the batches of these minds that were accepted until now are done. */
  idle(wanted?: (mind: string) => boolean): Promise<void> {
    return this.queue.idle(wanted);
  }
}

const isReadable = (batch: unknown): boolean =>
  typeof batch === 'object' && batch !== null && 'v' in batch && batch.v === BATCH_VERSION;
