import type { Subscription } from 'nats';
import type { AppendRequest, Batch } from '#libs/contracts';
import { shardOf, subjects } from '#libs/contracts';
import type { BenchClient } from './bench-client';

const PATIENCE_MS = 30_000;

/**
 * Watches one mind from outside: the appends that services ask for, and the batches in which their events come back.
 * Every append of a service is on its connection before the reply that tells us that it has folded the cause; so
 * once all replies are here, all decisions are known, and they are in the log when a batch has shown them.
 */
export class SettledTick {
  private readonly awaited = new Set<string>();
  private readonly seen = new Set<string>();
  private readonly subscriptions: Subscription[];
  private wake: () => void = () => undefined;

  private constructor(
    private readonly client: BenchClient,
    private readonly mind: string,
  ) {
    const shard = shardOf(mind, client.shards);
    const { nc } = client;
    this.subscriptions = [
      nc.subscribe(subjects.request('event-log', shard, 'append'), {
        callback: (_error, message) => this.onAppend(message.json<AppendRequest>()),
      }),
      nc.subscribe(subjects.batch(shard, mind), {
        callback: (_error, message) => this.onBatch(message.json<Batch>()),
      }),
    ];
  }

  static async of(client: BenchClient, mind: string): Promise<SettledTick> {
    const watch = new SettledTick(client, mind);
    await client.nc.flush();
    return watch;
  }

  /** Does something that answers with a position; milliseconds until it is folded everywhere and decisions are appended. */
  async measure(cause: () => Promise<number>): Promise<number> {
    this.seen.clear();
    this.awaited.clear();
    const startedAt = performance.now();
    const position = await cause();
    await this.client.folded(this.mind, position);
    await this.decisionsAppended();
    return performance.now() - startedAt;
  }

  /** From request to all caches folded and decisions appended. */
  tick(): Promise<number> {
    return this.measure(async () => (await this.client.tick(this.mind)).position);
  }

  close(): void {
    for (const subscription of this.subscriptions) subscription.unsubscribe();
  }

  private onAppend({ mind, events }: AppendRequest): void {
    if (mind !== this.mind) return;
    for (const { id } of events) if (!this.seen.has(id)) this.awaited.add(id);
  }

  private onBatch({ events }: Batch): void {
    for (const { id } of events) {
      this.seen.add(id);
      this.awaited.delete(id);
    }
    if (this.awaited.size === 0) this.wake();
  }

  private async decisionsAppended(): Promise<void> {
    if (this.awaited.size === 0) return;
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_resolve, reject) => {
      timer = setTimeout(
        () => reject(new Error(`decisions of ${this.mind} were not broadcast`)),
        PATIENCE_MS,
      );
    });
    await Promise.race([new Promise<void>((resolve) => (this.wake = resolve)), late]);
    clearTimeout(timer);
  }
}
