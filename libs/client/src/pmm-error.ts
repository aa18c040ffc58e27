import { isErrorCode, isErrorReply, type ErrorCode, type Head } from '#libs/contracts';

/** A refused or failed call. `status` is the HTTP status, 0 when no answer came at all. */
export class PmmError extends Error {
  override readonly name = 'PmmError';
  readonly retryable: boolean;
  readonly status: number;
  /** The true head, with conflicts. */
  readonly head?: Head;
  /** How long the server asks to wait before the next try; 0 when it does not say. */
  readonly retryAfterMs: number;

  constructor(
    readonly code: ErrorCode,
    message: string,
    options: { retryable: boolean; status?: number; head?: Head; retryAfterMs?: number; cause?: unknown },
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.retryable = options.retryable;
    this.status = options.status ?? 0;
    this.retryAfterMs = options.retryAfterMs ?? 0;
    if (options.head) this.head = options.head;
  }
}

/** The failure that an answer's body tells of. A body that is not ours counts as `internal` or `unavailable`. */
export function errorFromBody(status: number, body: unknown, retryAfterMs = 0): PmmError {
  if (isErrorReply(body)) {
    const { code, message, retryable, head } = body.error;
    return new PmmError(isErrorCode(code) ? code : 'internal', message, {
      ...{ retryable, status, head, retryAfterMs },
    });
  }
  const retryable = status === 502 || status === 503 || status === 504;
  const message = `the answer with status ${status} is not one of a Persistent Mind gateway`;
  return new PmmError(retryable ? 'unavailable' : 'internal', message, { retryable, status, retryAfterMs });
}

/** The failure to get any answer, from the error that `fetch` rejects with. */
export function errorFromFetch(url: string, cause: unknown): PmmError {
  if (cause instanceof PmmError) return cause;
  const detail = cause instanceof Error ? reasonOf(cause) : String(cause);
  return new PmmError('unavailable', `no answer from ${url}: ${detail}`, { retryable: true, cause });
}

/** `fetch failed` says nothing; its cause, or the first of several, does. */
function reasonOf(error: Error): string {
  const { cause } = error;
  if (cause instanceof AggregateError && cause.errors[0] instanceof Error) return cause.errors[0].message;
  return cause instanceof Error && cause.message ? cause.message : error.message;
}
