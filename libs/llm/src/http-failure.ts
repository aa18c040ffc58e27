import { ModelFailure } from './model-failure';

/** Statuses after which the same request may succeed: time-outs, conflicts, rate limits and all of 5xx. */
const MAY_PASS = new Set([408, 409, 425, 429]);
const QUOTED_CHARS = 300;

/** The failure that an HTTP status stands for, with the server's own words in it. */
export async function failureOfStatus(
  response: Response,
  readBody: () => Promise<string>,
): Promise<ModelFailure> {
  const { status } = response;
  const said = messageIn(await readBody());
  const message = `the model's server answered ${status}${said ? `: ${said}` : ''}`;
  if (!MAY_PASS.has(status) && status < 500) return new ModelFailure('model_refused', message);
  const retryAfterMs = retryAfter(response.headers.get('retry-after'));
  return new ModelFailure('model_unavailable', message, { retryAfterMs });
}

/** Servers say it as `{ error: { message } }`, `{ error: "…" }`, `{ message }` or in plain text. */
export function messageIn(body: string): string {
  const parsed = parseJson(body);
  const root = isRecord(parsed) ? (parsed['error'] ?? parsed) : body;
  const said = isRecord(root) ? root['message'] : root;
  return (typeof said === 'string' ? said : '').replace(/\s+/gu, ' ').trim().slice(0, QUOTED_CHARS);
}

/** The JSON value of a text, or undefined when it is none. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

export const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Seconds, or nothing: the other form, a date, would need a clock that agrees with the server's. */
function retryAfter(header: string | null): number | undefined {
  const seconds = Number(header ?? NaN);
  return Number.isFinite(seconds) && seconds >= 0 ? seconds * 1000 : undefined;
}
