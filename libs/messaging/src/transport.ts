import { Server, type CustomTransportStrategy, type MessageHandler } from '@nestjs/microservices';
import type { Subscription } from 'nats';
import { serviceToken, shardOf, subjects, type ServiceName } from '#libs/contracts';
import type { Clock } from '#libs/kernel';
import { BatchIntake } from './batch-intake';
import { APPENDED_PATTERN, BATCH_PATTERN, type HandlerExtras } from './handles.decorator';
import type { Link, Log } from './link';
import type { Metrics } from './metrics';
import type { Ownership } from './ownership';
import { RequestIntake, type Answering } from './request-intake';
import { parsePayload, unwrapResult } from './transport-message';
import { within } from './within';

export type { RequestContext } from './transport-message';

export interface TransportOptions {
  service: ServiceName;
  link: Link;
  ownership: Ownership;
  metrics: Metrics;
  clock: Clock;
  log: Log;
}

/** For the messages that were on their way when a subscription ended. */
const DRAIN_MS = 1_000;
const LAST_BATCHES_MS = 5_000;

/**
 * Nest's transport over NATS for this system. Unlike Nest's own it keeps order per mind, awaits handlers, sheds load
 * instead of queueing without bound, serves exactly the shards that this member owns, and drains before it closes.
 */
export class PmmTransport extends Server implements CustomTransportStrategy {
  private readonly requests: RequestIntake;
  private readonly batches: BatchIntake;
  private readonly subscriptions = new Map<number | 'all', Subscription[]>();

  constructor(private readonly options: TransportOptions) {
    super();
    this.requests = new RequestIntake({ ...options, outbox: options.link.outbox });
    this.batches = new BatchIntake(options);
  }

  listen(callback: (error?: unknown) => void): void {
    const { ownership } = this.options;
    this.serveUnsharded();
    ownership.onTake((shard) => this.serveShard(shard));
    ownership.onRelease((shard) => this.releaseShard(shard));
    ownership.start().then(() => callback(), callback);
  }

  /** Gives up all shards, then waits for what was accepted. Nest calls it at shutdown, before any hook. */
  async close(): Promise<void> {
    await this.options.ownership.leave();
    await this.drain('all');
    await this.requests.idle();
    await this.batches.idle();
  }

  /** The subjects served, for the service protocol. */
  endpoints(): { name: string; subject: string }[] {
    const token = serviceToken(this.options.service);
    return this.answering().map(({ verb, extras }) => ({
      name: verb,
      subject: extras.sharded ? `pmm.v1.${token}.*.${verb}` : `pmm.v1.${token}.${verb}`,
    }));
  }

  override on(): never {
    throw new Error('PmmTransport emits no events');
  }

  override unwrap<T>(): T {
    return this.options.link.nc as T;
  }

  private answering(): Answering[] {
    return [...this.messageHandlers]
      .map(([verb, handler]) => ({ verb, handler, extras: handler.extras as HandlerExtras }))
      .filter(({ extras }) => extras?.role === 'request');
  }

  private serveUnsharded(): void {
    const { link, service } = this.options;
    const open = this.answering().filter(({ extras }) => !extras.sharded);
    const served = open.map((answering) =>
      link.subscribe(subjects.unsharded(service, answering.verb), (message) =>
        this.requests.accept(message, null, answering),
      ),
    );
    this.subscriptions.set('all', served);
  }

  private serveShard(shard: number): void {
    const { link, service } = this.options;
    const sharded = this.answering().filter(({ extras }) => extras.sharded);
    const served = sharded.map((answering) =>
      link.subscribe(subjects.request(service, shard, answering.verb), (message) =>
        this.requests.accept(message, shard, answering),
      ),
    );
    const onBatch = this.messageHandlers.get(BATCH_PATTERN);
    if (onBatch) {
      served.push(
        link.subscribe(subjects.batches(shard), (message) => this.batches.accept(message, onBatch)),
      );
    }
    const onAppended = this.messageHandlers.get(APPENDED_PATTERN);
    if (onAppended) served.push(this.serveAppended(shard, onAppended));
    this.subscriptions.set(shard, served);
  }

  /** An announcement that comes late or fails is nobody's loss: event-log makes it again. */
  private serveAppended(shard: number, handler: MessageHandler): Subscription {
    const { link, ownership, log } = this.options;
    return link.subscribe(subjects.appended(shard), (message) => {
      if (!ownership.alive()) return;
      const work = async () => unwrapResult(await handler(parsePayload(message), { shard }));
      work().catch((error) => log.error('announcement failed', error));
    });
  }

  private async releaseShard(shard: number): Promise<void> {
    await this.drain(shard);
    const { ownership, log } = this.options;
    const isOfShard = (mind: string) => shardOf(mind, ownership.shards) === shard;
    await within(this.batches.idle(isOfShard), LAST_BATCHES_MS, () =>
      log.warn(`shard ${shard} is given up before all of its batches were folded`),
    );
  }

  /** Ends subscriptions after what the server had sent already has been taken in. */
  private async drain(shard: number | 'all'): Promise<void> {
    const ending = this.subscriptions.get(shard) ?? [];
    this.subscriptions.delete(shard);
    const drained = Promise.allSettled(ending.map((subscription) => subscription.drain()));
    await within(drained, DRAIN_MS, () => {
      for (const subscription of ending) subscription.unsubscribe();
      return [];
    });
  }
}
