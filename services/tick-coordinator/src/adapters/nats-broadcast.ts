import { HEADERS, subjects, type Batch } from '#libs/contracts';
import type { Link, Metrics } from '#libs/messaging';
import type { BroadcastPort } from '../app/ports';

/** A plain publish on a subject that the stream captures; a loss is covered by event-log's second announcement. */
export class NatsBroadcast implements BroadcastPort {
  constructor(
    private readonly link: Link,
    private readonly metrics: Metrics,
  ) {}

  publish(shard: number, batch: Batch): void {
    const id = `${batch.mind}:${batch.from}-${batch.to}:${batch.headHash.slice(0, 16)}`;
    this.link.publish(subjects.batch(shard, batch.mind), batch, { [HEADERS.messageId]: id });
    this.metrics.broadcasts.inc();
  }
}
