import { ErrorCode as NatsCode, NatsError } from 'nats';
import { HEADERS, isErrorReply, shardOf, subjects, type ServiceName } from '#libs/contracts';
import { AppError, fromErrorReply } from '#libs/kernel';
import { toHeaders, type Link } from './link';
import { currentTrace } from './trace';

export interface AskOptions {
  /** Milliseconds since 1970 after which the caller no longer waits. */
  deadlineAt?: number;
  /** From now; the default is 5 s. Ignored when `deadlineAt` is given. */
  timeoutMs?: number;
  /** After so long without a reply the request is sent again: its first receiver may have died. Default 3 s. */
  resendMs?: number;
  /** Of W3C Trace Context; that of the request being worked on when absent. */
  traceparent?: string;
}

const DEFAULT_TIMEOUT_MS = 5_000;
const DEFAULT_RESEND_MS = 3_000;
const NO_RESPONDER_PAUSE_MS = 100;

/** Requests to the other services. They carry ids or keys, so that one may be sent again within its deadline. */
export class Requests {
  constructor(
    private readonly link: Link,
    readonly shards: number,
  ) {}

  /**
   * Asks the owner of a mind's shard. @throws AppError of the reply, `unavailable` (nobody there; not retryable: the reply is
   * not JSON) or `timeout`.
   */
  ask<T>(
    service: ServiceName,
    mind: string,
    verb: string,
    payload: unknown,
    options?: AskOptions,
  ): Promise<T> {
    return this.askShard(service, shardOf(mind, this.shards), verb, payload, options);
  }

  askShard<T>(
    service: ServiceName,
    shard: number,
    verb: string,
    payload: unknown,
    options?: AskOptions,
  ): Promise<T> {
    return this.send(subjects.request(service, shard, verb), payload, options);
  }

  /** Asks any member of a service; the first reply counts. */
  askAny<T>(service: ServiceName, verb: string, payload: unknown, options?: AskOptions): Promise<T> {
    return this.send(subjects.unsharded(service, verb), payload, options);
  }

  private async send<T>(subject: string, payload: unknown, options: AskOptions = {}): Promise<T> {
    const deadlineAt = options.deadlineAt ?? Date.now() + (options.timeoutMs ?? DEFAULT_TIMEOUT_MS);
    const headers: Record<string, string> = { [HEADERS.deadline]: String(Math.ceil(deadlineAt)) };
    const traceparent = options.traceparent ?? currentTrace();
    if (traceparent) headers[HEADERS.traceparent] = traceparent;
    const attempt = { subject, text: JSON.stringify(payload), headers };
    let last: AppError | undefined;
    for (;;) {
      const leftMs = deadlineAt - Date.now();
      if (leftMs <= 0) throw last ?? new AppError('timeout', `${subject}: the deadline has passed`);
      const result = await this.once<T>(attempt, Math.min(leftMs, options.resendMs ?? DEFAULT_RESEND_MS));
      if ('reply' in result) return result.reply;
      last = result.failure;
      if (last.code === 'unavailable') await pause(Math.min(NO_RESPONDER_PAUSE_MS, Math.max(0, leftMs)));
    }
  }

  private async once<T>(
    { subject, text, headers }: { subject: string; text: string; headers: Record<string, string> },
    timeoutMs: number,
  ): Promise<{ reply: T } | { failure: AppError }> {
    try {
      const options = { timeout: Math.max(1, timeoutMs), headers: toHeaders(headers) };
      const message = await this.link.outbox.ask(() => this.link.nc.request(subject, text, options));
      const reply: unknown = message.json();
      if (isErrorReply(reply)) throw fromErrorReply(reply);
      return { reply: reply as T };
    } catch (error) {
      if (!(error instanceof NatsError)) throw error;
      return { failure: toAppError(subject, error) };
    }
  }
}

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

function toAppError(subject: string, cause: NatsError): AppError {
  if (cause.code === String(NatsCode.NoResponders)) {
    return new AppError('unavailable', `nobody answers ${subject}`, { cause });
  }
  if (cause.code === String(NatsCode.Timeout))
    return new AppError('timeout', `${subject}: no answer in time`, { cause });
  if (cause.code === String(NatsCode.MaxPayloadExceeded)) {
    throw new AppError('too_large', `${subject}: the request is too large for one message`, { cause });
  }
  if (cause.code === String(NatsCode.BadJson)) {
    throw new AppError('unavailable', `${subject}: the reply is not JSON`, { cause, retryable: false });
  }
  return new AppError('unavailable', `${subject}: ${cause.message}`, { cause });
}
