import type { Msg } from 'nats';
import { firstValueFrom, isObservable } from 'rxjs';
import { HEADERS } from '#libs/contracts';
import { AppError } from '#libs/kernel';

export interface RequestContext {
  /** The shard of the subject; null for a verb that every member answers. */
  shard: number | null;
  /** Milliseconds since 1970 after which nobody waits for the answer. */
  deadlineAt: number;
  traceparent?: string;
}

const UNHURRIED_MS = 30_000;
const LONGEST_MS = 3_600_000;

/** What the headers of a request say. Without a deadline somebody waits for 30 s, with one at most for an hour. */
export function contextOf(message: Msg, shard: number | null, nowMs: number): RequestContext {
  const deadline = Number(message.headers?.get(HEADERS.deadline));
  const deadlineAt = deadline > 0 ? Math.min(deadline, nowMs + LONGEST_MS) : nowMs + UNHURRIED_MS;
  const traceparent = message.headers?.get(HEADERS.traceparent);
  return traceparent ? { shard, deadlineAt, traceparent } : { shard, deadlineAt };
}

/** @throws AppError `invalid_request`. */
export function parsePayload(message: Msg): unknown {
  try {
    return message.data.length === 0 ? {} : message.json();
  } catch (cause) {
    throw new AppError('invalid_request', 'the payload is not JSON', { cause });
  }
}

/** Nest hands results over as observables of one value. */
export async function unwrapResult(result: unknown): Promise<unknown> {
  return isObservable(result) ? firstValueFrom(result, { defaultValue: undefined }) : result;
}
