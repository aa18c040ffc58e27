import { errorFromFetch, PmmError } from './pmm-error';

/** A stream that shows nothing for so long is given up: the gateway sends a comment every 15 s. */
export const SILENCE_MS = 60_000;

/**
 * The chunks of an answer's body, each awaited for at most `silenceMs`; the connection ends with the iteration.
 * @throws PmmError `timeout` when the server falls silent, `unavailable` when the connection breaks
 */
export async function* bodyOf(response: Response, silenceMs: number): AsyncGenerator<Uint8Array, void> {
  if (!response.body) return;
  const reader = (response.body as ReadableStream<Uint8Array>).getReader();
  try {
    for (;;) {
      const next = await within(reader.read(), silenceMs);
      if (next.done) return;
      yield next.value;
    }
  } catch (cause) {
    throw errorFromFetch(response.url, cause);
  } finally {
    // What was not read is of no use to anybody; a body that failed already has nothing to cancel.
    reader.cancel().catch(() => undefined);
  }
}

async function within<T>(promise: Promise<T>, limitMs: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const silence = new Promise<never>((_, reject) => {
    const tooLong = () => reject(new PmmError('timeout', 'the server fell silent', { retryable: true }));
    timer = setTimeout(tooLong, limitMs);
  });
  try {
    return await Promise.race([promise, silence]);
  } finally {
    clearTimeout(timer);
  }
}
