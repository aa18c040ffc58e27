import type { MessageHandler } from '@nestjs/microservices';
import type { Msg } from 'nats';
import { LIMITS } from '#libs/contracts';
import { AppError, parseRequest, toErrorReply, type Clock } from '#libs/kernel';
import type { HandlerExtras } from './handles.decorator';
import { KeyedQueue } from './keyed-queue';
import type { Log } from './link';
import type { Metrics } from './metrics';
import type { Outbox } from './outbox';
import type { Ownership } from './ownership';
import { RawJson } from './raw-json';
import { underTrace } from './trace';
import { contextOf, parsePayload, unwrapResult, type RequestContext } from './transport-message';

const WAITING_LIMIT = 5_000;

export interface RequestIntakeParts {
  ownership: Pick<Ownership, 'alive'>;
  metrics: Metrics;
  clock: Clock;
  log: Log;
  /** Where replies go. */
  outbox: Pick<Outbox, 'add'>;
}

/** A verb of the service and what answers it. */
export interface Answering {
  verb: string;
  handler: MessageHandler;
  extras: HandlerExtras;
}

interface Incoming extends Answering {
  message: Msg;
  context: RequestContext;
}

/** Takes requests in, in bounded number, and answers each: with the handler's result, or with its failure. */
export class RequestIntake {
  private readonly queue = new KeyedQueue(WAITING_LIMIT);
  private readonly running = new Set<Promise<void>>();

  constructor(private readonly parts: RequestIntakeParts) {}

  accept(message: Msg, shard: number | null, answering: Answering): void {
    if (!message.reply) return;
    this.parts.metrics.bytes.inc({ what: 'request' }, message.data.length);
    const incoming = { ...answering, message, context: contextOf(message, shard, this.parts.clock.now()) };
    if (this.running.size >= WAITING_LIMIT) {
      this.fail(incoming, new AppError('busy', 'too many requests are waiting here; try again'));
      return;
    }
    const work = underTrace(incoming.context.traceparent, () => this.answer(incoming)).finally(() =>
      this.running.delete(work),
    );
    this.running.add(work);
  }

  /** Resolves when everything that was accepted has been answered. */
  async idle(): Promise<void> {
    while (this.running.size > 0) await Promise.all(this.running);
  }

  /** Never rejects: a failure is the reply. */
  private async answer(incoming: Incoming): Promise<void> {
    const { verb, message } = incoming;
    const started = performance.now();
    try {
      const reply = await this.handle(incoming);
      if (reply === DROPPED) return;
      this.respond(message, reply);
      this.parts.metrics.requests.inc({ verb, result: 'ok' });
    } catch (error) {
      this.fail(incoming, error);
    }
    this.parts.metrics.requestSeconds.observe({ verb }, (performance.now() - started) / 1000);
  }

  private async handle(incoming: Incoming): Promise<unknown> {
    if (this.isTooLate(incoming)) return DROPPED;
    const { message, extras } = incoming;
    const payload = parsePayload(message);
    const parsed = extras.schema ? parseRequest(extras.schema, payload) : payload;
    const mind = (parsed as { mind?: unknown } | null)?.mind;
    const run = () => this.invoke(incoming, parsed);
    return extras.serial && typeof mind === 'string' ? this.queue.run(mind, run) : run();
  }

  private async invoke(incoming: Incoming, parsed: unknown): Promise<unknown> {
    if (this.isTooLate(incoming)) return DROPPED;
    return unwrapResult(await incoming.handler(parsed, incoming.context));
  }

  /** Past its deadline, or after a pause in which others may have taken our shards, a request is dropped unread. */
  private isTooLate({ context, verb }: Incoming): boolean {
    const { clock, ownership, metrics } = this.parts;
    const dropped = clock.now() > context.deadlineAt || (context.shard !== null && !ownership.alive());
    if (dropped) metrics.requests.inc({ verb, result: 'dropped' });
    return dropped;
  }

  private respond(message: Msg, reply: unknown): void {
    const text = reply instanceof RawJson ? reply.text : JSON.stringify(reply ?? {});
    const bytes = Buffer.from(text);
    if (bytes.length > LIMITS.serverMaxPayloadBytes)
      throw new AppError('too_large', 'the reply is too large');
    this.parts.metrics.bytes.inc({ what: 'reply' }, bytes.length);
    this.parts.outbox.add(() => message.respond(bytes));
  }

  private fail({ message, verb }: Incoming, error: unknown): void {
    const { log, metrics } = this.parts;
    if (!(error instanceof AppError) || error.code === 'internal')
      log.error(`${message.subject} failed`, error);
    const reply = toErrorReply(error);
    metrics.requests.inc({ verb, result: reply.error.code });
    this.parts.outbox.add(() => message.respond(JSON.stringify(reply)));
  }
}

const DROPPED = Symbol('dropped');
