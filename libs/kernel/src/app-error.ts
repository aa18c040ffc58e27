import { ERROR_CODES, isErrorCode, type ErrorCode, type ErrorReply, type Head } from '#libs/contracts';

/** A failure with a stable code, which says whether the same request may succeed later. */
export class AppError extends Error {
  override readonly name = 'AppError';
  readonly retryable: boolean;
  /** The true head, with conflicts. */
  readonly head?: Head;

  constructor(
    readonly code: ErrorCode,
    message: string,
    options: { cause?: unknown; retryable?: boolean; head?: Head } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.retryable = options.retryable ?? ERROR_CODES[code].retryable;
    if (options.head) this.head = options.head;
  }
}

/** The wire form of any failure. What is not an `AppError` becomes `internal`, without detail. */
export function toErrorReply(error: unknown): ErrorReply {
  if (!(error instanceof AppError)) {
    return {
      error: {
        code: 'internal',
        message: 'something went wrong inside; the log says what',
        retryable: false,
      },
    };
  }
  const { code, message, retryable, head } = error;
  return { error: head ? { code, message, retryable, head } : { code, message, retryable } };
}

/** The failure that a reply carries; an unknown code counts as `internal`. */
export function fromErrorReply(reply: ErrorReply): AppError {
  const { code, message, retryable, head } = reply.error;
  return new AppError(isErrorCode(code) ? code : 'internal', message, { retryable, head });
}
