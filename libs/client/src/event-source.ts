import { createParser, type EventSourceMessage } from 'eventsource-parser';
import { PmmError } from './pmm-error';

const LONGEST_EVENT_CHARS = 8 * 1024 * 1024;

/** The messages of a server-sent event stream, as they come. Ends with the stream; what fails in between is thrown. */
export async function* readEventSource(
  body: AsyncIterable<Uint8Array>,
): AsyncGenerator<EventSourceMessage, void> {
  const ready: EventSourceMessage[] = [];
  const decoder = new TextDecoder();
  const parser = createParser({
    onEvent: (message) => ready.push(message),
    maxBufferSize: LONGEST_EVENT_CHARS,
    onError: (error) => {
      if (error.type === 'max-buffer-size-exceeded') throw error;
    },
  });
  for await (const bytes of body) {
    parser.feed(decoder.decode(bytes, { stream: true }));
    yield* ready.splice(0);
  }
}

/** The JSON of a message. @throws PmmError `internal` when it is none. */
export function parseData<T>(message: EventSourceMessage): T {
  try {
    return JSON.parse(message.data) as T;
  } catch (cause) {
    throw new PmmError('internal', 'the stream sent something that is not JSON', { retryable: false, cause });
  }
}
