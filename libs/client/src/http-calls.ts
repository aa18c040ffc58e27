import { randomUUID } from 'node:crypto';
import { errorFromBody, errorFromFetch, PmmError } from './pmm-error';
import { DEFAULT_RETRY, pauseMs, retryAfterMs, worthRetrying, type RetryPolicy } from './retry';

/** How a client reaches its gateway. Everything but `url` has a default. */
export interface ClientOptions {
  /** The gateway's address, e.g. `http://127.0.0.1:7717`. */
  url: string;
  /** Sent as `Authorization: Bearer …`. */
  token?: string;
  retry?: Partial<RetryPolicy>;
  /** How long one call may wait for its answer; default 30 s. Turns, imports and exports have their own bounds. */
  timeoutMs?: number;
  fetch?: typeof fetch;
}

/** What a single call may say about itself. */
export interface CallOptions {
  /** The `Idempotency-Key` of a POST; a random one otherwise, kept over the retries of this call. */
  key?: string;
  signal?: AbortSignal;
  timeoutMs?: number;
}

export type Query = Record<string, string | number | undefined>;

export interface Call extends CallOptions {
  method: 'GET' | 'POST';
  path: string;
  query?: Query;
  /** A JSON body; or a stream, which is sent once and never again. */
  body?: unknown;
  stream?: { contentType: string; chunks: AsyncIterable<Uint8Array> };
  accept?: string;
  /** The caller tries again by himself. */
  once?: boolean;
}

type Outcome<T> = { value: T } | { error: PmmError };

/** Calls to one gateway: JSON both ways, errors as `PmmError`, retries of what is worth it, each wait bounded. */
export class HttpCalls {
  readonly url: string;
  readonly policy: RetryPolicy;
  private readonly timeoutMs: number;
  private readonly fetch: typeof fetch;

  constructor(private readonly options: ClientOptions) {
    this.url = options.url.replace(/\/+$/, '');
    this.policy = { ...DEFAULT_RETRY, ...options.retry };
    this.timeoutMs = options.timeoutMs ?? 30_000;
    this.fetch = options.fetch ?? fetch;
  }

  /** The answer's JSON. @throws PmmError; the caller's own reason when its `signal` fires. */
  json<T>(call: Call): Promise<T> {
    return this.send(call, async (response) => (await this.bodyOf(response)) as T);
  }

  /** The answer once its status says success; its body is still to be read. @throws as `json` */
  open(call: Call): Promise<Response> {
    return this.send(call, (response) => Promise.resolve(response));
  }

  /** Waits before the next try, after so many failures. */
  pauseAfter(failures: number, retryAfterMs: number, signal?: AbortSignal): Promise<void> {
    return pause(pauseMs(this.policy, failures, Math.random(), retryAfterMs), signal);
  }

  private async send<T>(call: Call, consume: (response: Response) => Promise<T>): Promise<T> {
    const keyed = call.method === 'POST' ? { ...call, key: call.key ?? randomUUID() } : call;
    for (let failures = 1; ; failures++) {
      const result = await this.once(keyed, consume);
      if ('value' in result) return result.value;
      const { error } = result;
      const again = worthRetrying(error) && failures < this.policy.attempts && !call.stream && !call.once;
      if (!again || call.signal?.aborted) throw error;
      await this.pauseAfter(failures, error.retryAfterMs, call.signal);
    }
  }

  /** The timer runs until `consume` is done, so that an answer that stops in the middle ends too. */
  private async once<T>(call: Call, consume: (response: Response) => Promise<T>): Promise<Outcome<T>> {
    const giveUp = new AbortController();
    const tooSlow = () =>
      giveUp.abort(new PmmError('timeout', `no answer from ${this.url} in time`, { retryable: true }));
    const timer = setTimeout(tooSlow, call.timeoutMs ?? this.timeoutMs);
    const signal = call.signal ? AbortSignal.any([call.signal, giveUp.signal]) : giveUp.signal;
    try {
      const response = await this.fetch(this.addressOf(call), this.requestOf(call, signal));
      if (response.ok) return { value: await consume(response) };
      const waitMs = retryAfterMs(response.headers.get('retry-after'));
      return { error: errorFromBody(response.status, await this.bodyOf(response), waitMs) };
    } catch (error) {
      if (call.signal?.aborted) throw error;
      return { error: errorFromFetch(this.url, error) };
    } finally {
      clearTimeout(timer);
    }
  }

  private addressOf({ path, query = {} }: Call): string {
    const given = Object.entries(query).filter(([, value]) => value !== undefined);
    const text = new URLSearchParams(
      given.map(([key, value]): [string, string] => [key, String(value)]),
    ).toString();
    return `${this.url}${path}${text ? `?${text}` : ''}`;
  }

  private requestOf(call: Call, signal: AbortSignal): RequestInit {
    const headers: Record<string, string> = { accept: call.accept ?? 'application/json' };
    if (this.options.token) headers.authorization = `Bearer ${this.options.token}`;
    if (call.key) headers['idempotency-key'] = call.key;
    if (call.stream) {
      headers['content-type'] = call.stream.contentType;
      const body = ReadableStream.from(call.stream.chunks);
      return { method: call.method, headers, signal, body, duplex: 'half', redirect: 'error' };
    }
    if (call.body === undefined) return { method: call.method, headers, signal, redirect: 'error' };
    headers['content-type'] = 'application/json';
    return { method: call.method, headers, signal, body: JSON.stringify(call.body), redirect: 'error' };
  }

  private async bodyOf(response: Response): Promise<unknown> {
    const text = await response.text();
    try {
      return JSON.parse(text);
    } catch (cause) {
      if (!response.ok) return undefined;
      const message = 'the answer is not JSON';
      throw new PmmError('internal', message, { retryable: false, status: response.status, cause });
    }
  }
}

/** Ends early, without an error, when the signal fires. */
export function pause(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal?.aborted) return resolve();
    const end = () => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', end);
      resolve();
    };
    const timer = setTimeout(end, ms);
    signal?.addEventListener('abort', end, { once: true });
  });
}
