/** Every code that may cross a wire, with the HTTP status it maps to and whether the same request may succeed later. */
export const ERROR_CODES = {
  invalid_event: { status: 400, retryable: false },
  invalid_request: { status: 400, retryable: false },
  unknown_mind: { status: 404, retryable: false },
  mind_exists: { status: 409, retryable: false },
  id_conflict: { status: 409, retryable: false },
  version_conflict: { status: 409, retryable: false },
  too_large: { status: 413, retryable: false },
  busy: { status: 429, retryable: true },
  unavailable: { status: 503, retryable: true },
  timeout: { status: 504, retryable: true },
  model_unavailable: { status: 502, retryable: true },
  model_refused: { status: 502, retryable: false },
  unauthorized: { status: 401, retryable: false },
  forbidden: { status: 403, retryable: false },
  not_found: { status: 404, retryable: false },
  internal: { status: 500, retryable: false },
} as const;

export type ErrorCode = keyof typeof ERROR_CODES;

/** The last position of a log and its hash; position 0 has no hash. */
export interface Head {
  position: number;
  hash: string | null;
}

/** How a failed request is answered, over NATS and over HTTP alike. `head` accompanies conflicts. */
export interface ErrorReply {
  error: { code: ErrorCode; message: string; retryable: boolean; head?: Head };
}

export const isErrorCode = (code: string): code is ErrorCode => Object.hasOwn(ERROR_CODES, code);

export const isErrorReply = (reply: unknown): reply is ErrorReply => {
  if (typeof reply !== 'object' || reply === null || !('error' in reply)) return false;
  const { error } = reply as { error: unknown };
  return typeof error === 'object' && error !== null && 'code' in error && typeof error.code === 'string';
};
