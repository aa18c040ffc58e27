/** A plain HTTP face for end-to-end tests, independent of the client library under test. */
export interface Answer {
  status: number;
  body: Record<string, unknown>;
  text: string;
}

export interface Http {
  get(path: string): Promise<Answer>;
  post(path: string, body?: unknown, headers?: Record<string, string>): Promise<Answer>;
  /** Sends the body as it is. */
  send(
    method: string,
    path: string,
    body: string | Buffer,
    headers?: Record<string, string>,
  ): Promise<Answer>;
}

const TIMEOUT_MS = 90_000;

export function httpTo(base: string): Http {
  const call = async (path: string, init: RequestInit): Promise<Answer> => {
    const response = await fetch(`${base}${path}`, { ...init, signal: AbortSignal.timeout(TIMEOUT_MS) });
    const text = await response.text();
    const isJson = response.headers.get('content-type')?.includes('application/json') ?? false;
    return {
      status: response.status,
      text,
      body: isJson ? (JSON.parse(text) as Record<string, unknown>) : {},
    };
  };
  return {
    get: (path) => call(path, {}),
    post: (path, body = {}, headers = {}) =>
      call(path, {
        method: 'POST',
        body: JSON.stringify(body),
        headers: { 'content-type': 'application/json', ...headers },
      }),
    send: (method, path, body, headers = { 'content-type': 'application/json' }) =>
      call(path, { method, body, headers }),
  };
}

/** Asks again until `check` accepts the answer. @throws Error with the last answer after `limitMs`. */
export async function eventually<T>(
  ask: () => Promise<T>,
  check: (value: T) => boolean,
  limitMs = 15_000,
): Promise<T> {
  const giveUpAt = Date.now() + limitMs;
  for (;;) {
    const value = await ask();
    if (check(value)) return value;
    if (Date.now() > giveUpAt)
      throw new Error(`not within ${limitMs} ms; last: ${JSON.stringify(value).slice(0, 2000)}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
