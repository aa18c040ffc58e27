import { randomUUID } from 'node:crypto';
import type { EventSourceMessage } from 'eventsource-parser';
import type { TurnReply } from '#libs/contracts';
import { parseData, readEventSource } from './event-source';
import type { CallOptions, HttpCalls } from './http-calls';
import { errorFromBody, errorFromFetch, PmmError } from './pmm-error';
import { bodyOf, SILENCE_MS } from './response-body';
import type { TurnBody, TurnPart } from './replies';
import { worthRetrying } from './retry';

/**
 * Says something to a mind and yields the reply while it comes. When the connection breaks, the same turn is asked for
 * again by its id, and a `restart` says that what was shown is void.
 * @throws PmmError
 */
export async function* streamTurn(
  calls: HttpCalls,
  path: string,
  body: TurnBody,
  options: CallOptions,
): AsyncGenerator<TurnPart<TurnReply>, void> {
  const turn = { ...body, turnId: body.turnId ?? randomUUID() };
  for (let failures = 1; ; failures++) {
    let shown = false;
    try {
      for await (const part of openTurn(calls, path, turn, options)) {
        yield part;
        if (part.type === 'done') return;
        shown = true;
      }
      throw new PmmError('unavailable', 'the stream ended before the turn was done', { retryable: true });
    } catch (cause) {
      const error = errorFromFetch(calls.url, cause);
      if (options.signal?.aborted) throw cause;
      if (!worthRetrying(error) || failures >= calls.policy.attempts) throw error;
      await calls.pauseAfter(failures, error.retryAfterMs, options.signal);
      if (shown) yield { type: 'restart', reason: 'connection lost' };
    }
  }
}

async function* openTurn(
  calls: HttpCalls,
  path: string,
  body: TurnBody,
  options: CallOptions,
): AsyncGenerator<TurnPart<TurnReply>, void> {
  const accept = 'text/event-stream';
  const response = await calls.open({ method: 'POST', path, body, accept, ...options, once: true });
  for await (const message of readEventSource(bodyOf(response, SILENCE_MS))) yield partOf(message);
}

function partOf(message: EventSourceMessage): TurnPart<TurnReply> {
  switch (message.event) {
    case 'token':
      return { type: 'token', text: parseData<{ text: string }>(message).text };
    case 'restart':
      return { type: 'restart', reason: parseData<{ reason: string }>(message).reason };
    case 'done':
      return { type: 'done', reply: parseData<TurnReply>(message) };
    case 'error':
      throw errorFromBody(200, parseData(message));
    default:
      throw new PmmError('internal', `unknown stream event ${String(message.event)}`, { retryable: false });
  }
}
