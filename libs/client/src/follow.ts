import type { MindInfo } from '#libs/contracts';
import type { CallOptions, HttpCalls } from './http-calls';
import { parseData, readEventSource } from './event-source';
import { errorFromFetch, PmmError } from './pmm-error';
import type { StreamedBatch } from './replies';
import { bodyOf, SILENCE_MS } from './response-body';
import { worthRetrying } from './retry';

export interface FollowOptions extends Pick<CallOptions, 'signal'> {
  /** Begins after this position; absent: with what happens from now on. */
  after?: number;
}

/** After so many failures in a row, without one batch between, following ends with the last error. */
const FAILURES_IN_A_ROW = 30;

/**
 * The batches of a mind, each position exactly once and in order, for as long as the caller iterates or until `signal`
 * fires. A lost connection is made again from the last position seen.
 * @param path Of the mind.
 * @throws PmmError for what trying again does not cure
 */
export async function* follow(
  calls: HttpCalls,
  path: string,
  { after, signal }: FollowOptions,
): AsyncGenerator<StreamedBatch, void> {
  let seen = after;
  let failures = 0;
  while (!signal?.aborted) {
    let retryAfterMs = 0;
    try {
      seen ??= await headOf(calls, path, signal);
      for await (const batch of connect(calls, path, seen, signal)) {
        failures = 0;
        if (batch.from !== seen + 1) throw lost(seen, batch.from);
        seen = batch.to;
        yield batch;
      }
    } catch (cause) {
      if (signal?.aborted) return;
      const error = errorFromFetch(calls.url, cause);
      if (!worthRetrying(error) || failures >= FAILURES_IN_A_ROW) throw error;
      retryAfterMs = error.retryAfterMs;
    }
    failures++;
    await calls.pauseAfter(failures, retryAfterMs, signal);
  }
}

/** Where to begin: a connection that breaks before its first batch must not begin anew at a later head. */
async function headOf(calls: HttpCalls, path: string, signal: AbortSignal | undefined): Promise<number> {
  const { head } = await calls.json<MindInfo>({ method: 'GET', path, signal, once: true });
  return head.position;
}

async function* connect(
  calls: HttpCalls,
  path: string,
  after: number,
  signal: AbortSignal | undefined,
): AsyncGenerator<StreamedBatch, void> {
  const response = await calls.open({
    method: 'GET',
    path: `${path}/stream`,
    query: { after },
    accept: 'text/event-stream',
    signal,
    once: true,
  });
  for await (const message of readEventSource(bodyOf(response, SILENCE_MS))) {
    if (message.event === undefined || message.event === 'batch') yield parseData<StreamedBatch>(message);
  }
}

const lost = (seen: number, from: number) =>
  new PmmError('unavailable', `the stream went from position ${seen} to ${from}`, { retryable: true });
