import { createParser, type EventSourceMessage } from 'eventsource-parser';
import { ModelFailure } from './model-failure';
import { failureOfStatus, isRecord } from './http-failure';

export interface HttpCall {
  url: string;
  headers: Record<string, string>;
  body: unknown;
  signal: AbortSignal;
}

/** What a model's server may send for one answer, in characters, envelope included. */
const RESPONSE_LIMIT = 8 * 1024 * 1024;

/**
 * Posts JSON and hands each server-sent event to `onEvent`; a plain JSON answer comes as one event.
 * Resolves when the server has ended its answer, or as soon as `onEvent` says that it is complete.
 * Rejects with a `ModelFailure`, with what `onEvent` throws, or with the signal's reason.
 */
export async function postForEvents(
  call: HttpCall,
  onEvent: (event: EventSourceMessage) => 'more' | 'complete',
): Promise<void> {
  const response = await send(call);
  if (!response.ok) throw await failureOfStatus(response, () => readAll(response, call.signal, 4_096));
  if (!response.headers.get('content-type')?.includes('text/event-stream')) {
    onEvent({ data: await readAll(response, call.signal, RESPONSE_LIMIT) });
    return;
  }
  let complete = false;
  const parser = createParser({
    maxBufferSize: RESPONSE_LIMIT,
    onEvent: (event) => {
      if (!complete) complete = onEvent(event) === 'complete';
    },
  });
  await eachChunk(response, call.signal, (chunk) => {
    parser.feed(chunk);
    return !complete;
  });
}

async function send({ url, headers, body, signal }: HttpCall): Promise<Response> {
  try {
    return await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify(body),
      redirect: 'manual',
      signal,
    });
  } catch (error) {
    throw asFailure(error, signal, "the model's server cannot be reached");
  }
}

/** The body up to the chunk in which it passes `enough` characters. */
async function readAll(response: Response, signal: AbortSignal, enough: number): Promise<string> {
  let text = '';
  await eachChunk(response, signal, (chunk) => {
    text += chunk;
    return text.length < enough;
  });
  return text;
}

/** Feeds decoded text until `take` says no; leaving early cancels the body and so frees its connection. */
async function eachChunk(
  response: Response,
  signal: AbortSignal,
  take: (chunk: string) => boolean,
): Promise<void> {
  if (!response.body) return;
  const decoder = new TextDecoder();
  let size = 0;
  const chunks = response.body[Symbol.asyncIterator]() as AsyncIterator<Uint8Array>;
  try {
    for (;;) {
      const next = await chunks.next().catch((error: unknown) => {
        throw asFailure(error, signal, "the model's answer broke off");
      });
      if (next.done) return;
      size += next.value.length;
      if (size > RESPONSE_LIMIT) throw new ModelFailure('model_refused', "the model's answer is too long");
      if (!take(decoder.decode(next.value, { stream: true }))) return;
    }
  } finally {
    await chunks.return?.().catch((error: unknown) => ignoreBroken(error, signal));
  }
}

/** fetch reports every failure of the network as a TypeError; an abort rejects with the signal's own reason. */
function asFailure(error: unknown, signal: AbortSignal, message: string): unknown {
  if (signal.aborted) return signal.reason;
  return isTypeError(error) ? new ModelFailure('model_unavailable', message, { cause: error }) : error;
}

/** A body that is given up need not end well; its failure has been reported where it was read. */
function ignoreBroken(error: unknown, signal: AbortSignal): void {
  if (!signal.aborted && !isTypeError(error)) throw error;
}

/** By name, for fetch may belong to another realm than this file. */
const isTypeError = (error: unknown): boolean => isRecord(error) && error['name'] === 'TypeError';
