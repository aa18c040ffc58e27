import { PmmError } from './pmm-error';
import type { HttpCalls } from './http-calls';
import type { ImportedReply } from './replies';
import { bodyOf, SILENCE_MS } from './response-body';

const LONGEST_LINE_CHARS = 2 * 1024 * 1024;
/** An import of 1 GiB may take its time; the gateway gives up on its own when nothing moves. */
const IMPORT_LIMIT_MS = 2 * 60 * 60 * 1000;

/**
 * The lines of a mind's export, without their line ends; the last one is the export line. An export that was cut on its
 * way ends with an error, never quietly.
 * @throws PmmError
 */
export async function* exportLines(
  calls: HttpCalls,
  path: string,
  signal?: AbortSignal,
): AsyncGenerator<string, void> {
  const response = await calls.open({ method: 'GET', path, accept: 'application/x-ndjson', signal });
  let last = '';
  for await (const line of splitLines(bodyOf(response, SILENCE_MS))) yield (last = line);
  if (!last.startsWith('{"export":'))
    throw new PmmError('unavailable', 'the export ended early', { retryable: true });
}

/** The lines of a UTF-8 text that comes in pieces; empty ones are left out. */
export async function* splitLines(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<string, void> {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  let rest = '';
  for await (const chunk of chunks) {
    const parts = (rest + decoder.decode(chunk, { stream: true })).split('\n');
    rest = parts.pop() ?? '';
    if (rest.length > LONGEST_LINE_CHARS)
      throw new PmmError('too_large', 'a line is longer than any event', { retryable: false });
    for (const line of parts) if (line.trim() !== '') yield line;
  }
  rest += decoder.decode();
  if (rest.trim() !== '') yield rest;
}

/** Sends a log file into an empty mind. It is sent once: a stream can't be sent again. @throws PmmError */
export async function importLog(
  calls: HttpCalls,
  path: string,
  chunks: AsyncIterable<Uint8Array>,
  options: { array: boolean; signal?: AbortSignal },
): Promise<ImportedReply> {
  const contentType = options.array ? 'application/json' : 'application/x-ndjson';
  const stream = { contentType, chunks };
  return calls.json({ method: 'POST', path, stream, timeoutMs: IMPORT_LIMIT_MS, signal: options.signal });
}
