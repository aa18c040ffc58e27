import { AppError } from '#libs/kernel';

/** A failure of a model, with how long its server asked to be left alone. */
export class ModelFailure extends AppError {
  readonly retryAfterMs?: number;

  constructor(
    code: 'model_unavailable' | 'model_refused',
    message: string,
    options: { cause?: unknown; retryAfterMs?: number } = {},
  ) {
    super(code, message, { cause: options.cause });
    if (options.retryAfterMs !== undefined) this.retryAfterMs = options.retryAfterMs;
  }
}
