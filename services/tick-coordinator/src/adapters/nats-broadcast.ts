import { HEADERS, subjects, type Batch } from '#libs/contracts';
import type { Clock } from '#libs/kernel';
import type { Link, Metrics } from '#libs/messaging';
import type { BroadcastPort } from '../app/ports';

/** A plain publish on a subject that the stream captures; a loss is covered by event-log's second announcement. */
export class NatsBroadcast implements BroadcastPort {
  constructor(
    private readonly link: Link,
    private readonly metrics: Metrics,
    private readonly clock: Clock,
  ) {}

  publish(shard: number, batch: Batch): void {
    const id = `${batch.mind}:${batch.from}-${batch.to}:${batch.headHash.slice(0, 16)}`;
    const text = JSON.stringify(batch);
    this.link.publishText(subjects.batch(shard, batch.mind), text, { [HEADERS.messageId]: id });
    this.metrics.broadcasts.inc();
    this.metrics.bytes.inc({ what: 'broadcast' }, Buffer.byteLength(text));
    const last = batch.events.at(-1);
    if (last)
      this.metrics.broadcastSeconds.observe(Math.max(0, this.clock.now() - Date.parse(last.at)) / 1000);
  }
}
