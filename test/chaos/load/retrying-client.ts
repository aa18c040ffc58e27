/** What a call came to, after all its retries. Status 0: there was no answer at all. */
export interface Outcome {
  status: number;
  body: Record<string, unknown>;
  attempts: number;
  tookMs: number;
  /** How many answers were `busy`, and how many of those named no `Retry-After`. */
  busy: number;
  busyWithoutRetryAfter: number;
}

export interface Patience {
  retries: number;
  withinMs: number;
  attemptMs: number;
}

/** The client that is promised to see no failure through a rolling restart: at most 5 retries in 10 s. */
export const PROMISED: Patience = { retries: 5, withinMs: 10_000, attemptMs: 15_000 };
/** One that wants to know how it ends. */
export const STUBBORN: Patience = { retries: 200, withinMs: 60_000, attemptMs: 20_000 };

export interface Call {
  method: 'GET' | 'POST';
  path: string;
  body?: unknown;
  /** Instead of `body`: NDJSON as it streams in, anew for each attempt. */
  upload?: () => AsyncIterable<Uint8Array>;
  key?: string;
}

interface Answer {
  status: number;
  body: Record<string, unknown>;
  retryAfter: number | null;
}

const FIRST_PAUSE_MS = 300;
const LONGEST_PAUSE_MS = 4_800;

/** HTTP calls to any of the gateways; what is `retryable`, and a broken connection, is tried again at the next one. */
export class RetryingClient {
  #turn = 0;

  constructor(
    private readonly gateways: readonly string[],
    private readonly patience: Patience = PROMISED,
  ) {}

  async call(call: Call, patience = this.patience): Promise<Outcome> {
    const startedAt = performance.now();
    const tookMs = () => performance.now() - startedAt;
    const seen = { busy: 0, busyWithoutRetryAfter: 0 };
    for (let attempts = 1; ; attempts++) {
      const answer = await this.#once(call, patience.attemptMs);
      if (answer.status === 429) {
        seen.busy += 1;
        if (answer.retryAfter === null) seen.busyWithoutRetryAfter += 1;
      }
      const pauseMs = pauseAfter(attempts, answer.retryAfter);
      const isLast = attempts > patience.retries || tookMs() + pauseMs > patience.withinMs;
      if (isLast || !isRetryable(answer))
        return { status: answer.status, body: answer.body, attempts, tookMs: tookMs(), ...seen };
      await new Promise((resolve) => setTimeout(resolve, pauseMs));
    }
  }

  async #once({ method, path, body, upload, key }: Call, attemptMs: number): Promise<Answer> {
    const headers: Record<string, string> = { connection: 'close' };
    if (body !== undefined) headers['content-type'] = 'application/json';
    if (upload) headers['content-type'] = 'application/x-ndjson';
    if (key !== undefined) headers['idempotency-key'] = key;
    const url = `${this.gateways[this.#turn++ % this.gateways.length]}${path}`;
    const signal = AbortSignal.timeout(attemptMs);
    try {
      const sent = upload ? { body: upload(), duplex: 'half' } : { body: body && JSON.stringify(body) };
      const response = await fetch(url, { method, headers, signal, ...sent } as RequestInit);
      const answer = JSON.parse(await response.text()) as Record<string, unknown>;
      const after = response.headers.get('retry-after');
      return { status: response.status, body: answer, retryAfter: after === null ? null : Number(after) };
    } catch (error) {
      return { status: 0, body: { failure: String(error) }, retryAfter: null };
    }
  }
}

function pauseAfter(attempts: number, retryAfterSeconds: number | null): number {
  const own = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** (attempts - 1));
  return Math.max(own, (retryAfterSeconds ?? 0) * 1_000);
}

/** A turn that failed with `model_unavailable` is recorded, and answers the same for ever. */
function isRetryable({ status, body }: Answer): boolean {
  if (status === 0) return true;
  const error = body.error as { code?: string; retryable?: boolean } | undefined;
  return error?.retryable === true && error.code !== 'model_unavailable';
}

export const codeOf = ({ body }: Pick<Outcome, 'body'>): string | undefined =>
  (body.error as { code?: string } | undefined)?.code;

/** It came to nothing after every retry. A conflict or a refusal is an answer, and the checker says whether a true one. */
export const hasFailed = ({ status }: Pick<Outcome, 'status'>): boolean =>
  status === 0 || status === 429 || status >= 500;

export const isDone = ({ status }: Pick<Outcome, 'status'>): boolean => status >= 200 && status < 300;
