import { Server, type CustomTransportStrategy, type MessageHandler } from '@nestjs/microservices';
import type { Msg, Subscription } from 'nats';
import { firstValueFrom, isObservable } from 'rxjs';
import {
  HEADERS,
  LIMITS,
  serviceToken,
  subjects,
  type Appended,
  type Batch,
  type ServiceName,
} from '#libs/contracts';
import { AppError, parseRequest, toErrorReply, type Clock } from '#libs/kernel';
import { APPENDED_PATTERN, BATCH_PATTERN, type HandlerExtras } from './handles.decorator';
import { KeyedQueue } from './keyed-queue';
import type { Link, Log } from './link';
import type { Metrics } from './metrics';
import type { Ownership } from './ownership';
import { RawJson } from './raw-json';

export interface RequestContext {
  /** The shard of the subject; null for a verb that every member answers. */
  shard: number | null;
  /** Milliseconds since 1970 after which nobody waits for the answer. */
  deadlineAt: number;
  traceparent?: string;
}

export interface TransportOptions {
  service: ServiceName;
  link: Link;
  ownership: Ownership;
  metrics: Metrics;
  clock: Clock;
  log: Log;
}

const WAITING_LIMIT = 5_000;
const WAITING_BATCHES_LIMIT = 20_000;
const WAITING_BATCH_BYTES_LIMIT = 128 * 1024 * 1024;
const UNHURRIED_MS = 30_000;

interface Incoming {
  message: Msg;
  verb: string;
  handler: MessageHandler;
  extras: HandlerExtras;
  context: RequestContext;
}

/**
 * Nest's transport over NATS for this system. Unlike Nest's own it keeps order per mind, awaits handlers, sheds load
 * instead of queueing without bound, serves exactly the shards that this member owns, and drains before it closes.
 */
export class PmmTransport extends Server implements CustomTransportStrategy {
  private readonly queue = new KeyedQueue(WAITING_LIMIT);
  private readonly batches = new KeyedQueue(WAITING_BATCHES_LIMIT);
  private readonly running = new Set<Promise<void>>();
  private readonly subscriptions = new Map<number | 'all', Subscription[]>();
  private batchBytes = 0;

  constructor(private readonly options: TransportOptions) {
    super();
  }

  listen(callback: (error?: unknown) => void): void {
    const { ownership } = this.options;
    this.serveUnsharded();
    ownership.onTake((shard) => this.serveShard(shard));
    ownership.onRelease((shard) => this.releaseShard(shard));
    ownership.start().then(() => callback(), callback);
  }

  /** Gives up all shards, then waits for what was accepted. Nest calls it at shutdown. */
  async close(): Promise<void> {
    await this.options.ownership.leave();
    for (const subscription of this.subscriptions.get('all') ?? []) subscription.unsubscribe();
    await this.idle();
  }

  /** The subjects served, for the service protocol. */
  endpoints(): { name: string; subject: string }[] {
    const token = serviceToken(this.options.service);
    return this.requestHandlers().map(({ verb, extras }) => ({
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

  private requestHandlers() {
    return [...this.messageHandlers]
      .map(([pattern, handler]) => ({
        verb: pattern,
        handler,
        extras: handler.extras as HandlerExtras | undefined,
      }))
      .filter((entry): entry is { verb: string; handler: MessageHandler; extras: HandlerExtras } =>
        entry.extras?.role === 'request' ? true : false,
      );
  }

  private serveUnsharded(): void {
    const { link, service } = this.options;
    const open = this.requestHandlers().filter(({ extras }) => !extras.sharded);
    this.subscriptions.set(
      'all',
      open.map(({ verb, handler, extras }) =>
        link.subscribe(subjects.unsharded(service, verb), (message) =>
          this.accept({ message, verb, handler, extras, context: this.contextOf(message, null) }),
        ),
      ),
    );
  }

  private serveShard(shard: number): void {
    const { link, service } = this.options;
    const served = this.requestHandlers()
      .filter(({ extras }) => extras.sharded)
      .map(({ verb, handler, extras }) =>
        link.subscribe(subjects.request(service, shard, verb), (message) =>
          this.accept({ message, verb, handler, extras, context: this.contextOf(message, shard) }),
        ),
      );
    const onBatch = this.messageHandlers.get(BATCH_PATTERN);
    if (onBatch) served.push(link.subscribe(subjects.batches(shard), (m) => this.acceptBatch(m, onBatch)));
    const onAppended = this.messageHandlers.get(APPENDED_PATTERN);
    if (onAppended) {
      served.push(link.subscribe(subjects.appended(shard), (m) => this.acceptAppended(m, onAppended, shard)));
    }
    this.subscriptions.set(shard, served);
  }

  private async releaseShard(shard: number): Promise<void> {
    for (const subscription of this.subscriptions.get(shard) ?? []) subscription.unsubscribe();
    this.subscriptions.delete(shard);
    await this.batches.idle();
  }

  private contextOf(message: Msg, shard: number | null): RequestContext {
    const deadline = Number(message.headers?.get(HEADERS.deadline));
    const deadlineAt = deadline > 0 ? deadline : this.options.clock.now() + UNHURRIED_MS;
    const traceparent = message.headers?.get(HEADERS.traceparent);
    return traceparent ? { shard, deadlineAt, traceparent } : { shard, deadlineAt };
  }

  private accept(incoming: Incoming): void {
    if (!incoming.message.reply) return;
    if (this.running.size >= WAITING_LIMIT) {
      this.fail(incoming, new AppError('busy', 'too many requests are waiting here; try again'));
      return;
    }
    const work = this.answer(incoming);
    this.running.add(work);
    void work.finally(() => this.running.delete(work));
  }

  /** Never rejects: a failure is the reply. */
  private async answer(incoming: Incoming): Promise<void> {
    const { verb, extras, message } = incoming;
    const started = performance.now();
    try {
      const payload = parsePayload(message);
      const parsed = extras.schema ? parseRequest(extras.schema, payload) : payload;
      const mind = (parsed as { mind?: unknown }).mind;
      const run = () => this.invoke(incoming, parsed);
      const reply = extras.serial && typeof mind === 'string' ? await this.queue.run(mind, run) : await run();
      if (reply === DROPPED) return;
      this.respond(message, reply);
      this.options.metrics.requests.inc({ verb, result: 'ok' });
    } catch (error) {
      this.fail(incoming, error);
    }
    this.options.metrics.requestSeconds.observe({ verb }, (performance.now() - started) / 1000);
  }

  /** Past its deadline, or after a pause in which others may have taken our shards, a request is dropped unread. */
  private async invoke({ handler, context }: Incoming, parsed: unknown): Promise<unknown> {
    const { clock, ownership, metrics } = this.options;
    if (clock.now() > context.deadlineAt || (context.shard !== null && !ownership.alive())) {
      metrics.requests.inc({ verb: 'any', result: 'dropped' });
      return DROPPED;
    }
    return unwrapResult(await handler(parsed, context));
  }

  private respond(message: Msg, reply: unknown): void {
    const text = reply instanceof RawJson ? reply.text : JSON.stringify(reply ?? {});
    const bytes = Buffer.from(text);
    if (bytes.length > LIMITS.serverMaxPayloadBytes)
      throw new AppError('too_large', 'the reply is too large');
    message.respond(bytes);
  }

  private fail({ message, verb }: Incoming, error: unknown): void {
    if (!(error instanceof AppError) || error.code === 'internal') {
      this.options.log.error(`${message.subject} failed`, error);
    }
    const reply = toErrorReply(error);
    this.options.metrics.requests.inc({ verb, result: reply.error.code });
    message.respond(JSON.stringify(reply));
  }

  private acceptBatch(message: Msg, handler: MessageHandler): void {
    const bytes = message.data.length;
    if (
      this.batchBytes + bytes > WAITING_BATCH_BYTES_LIMIT ||
      this.batches.pending >= WAITING_BATCHES_LIMIT
    ) {
      this.options.metrics.batches.inc({ result: 'shed' });
      return;
    }
    this.batchBytes += bytes;
    const mind = message.subject.slice(message.subject.lastIndexOf('.') + 1);
    this.batches
      .run(mind, async () => {
        if (!this.options.ownership.alive()) return;
        await unwrapResult(await handler(parsePayload(message) as Batch));
      })
      .catch((error) => this.options.log.error(`batch of ${mind} failed`, error))
      .finally(() => (this.batchBytes -= bytes));
  }

  private acceptAppended(message: Msg, handler: MessageHandler, shard: number): void {
    const work = async () => unwrapResult(await handler(parsePayload(message) as Appended, { shard }));
    work().catch((error) => this.options.log.error('announcement failed', error));
  }

  private async idle(): Promise<void> {
    while (this.running.size > 0) await Promise.all(this.running);
    await this.batches.idle();
  }
}

const DROPPED = Symbol('dropped');

/** Nest hands results over as observables of one value. */
async function unwrapResult(result: unknown): Promise<unknown> {
  return isObservable(result) ? firstValueFrom(result, { defaultValue: undefined }) : result;
}

function parsePayload(message: Msg): unknown {
  try {
    return message.data.length === 0 ? {} : message.json();
  } catch (cause) {
    throw new AppError('invalid_request', 'the payload is not JSON', { cause });
  }
}
