import type { Request } from 'express';
import type { z } from 'zod';
import { LIMITS } from '#libs/contracts';
import { AppError, parseRequest } from '#libs/kernel';
import { readJson } from '../../core/wire-json';
import { hasBody } from './send-error';

/** A client may take this long to send a JSON body, and be silent this long while it sends a file. */
const BODY_MS = 30_000;
const SILENCE_MS = 30_000;

/**
 * The checked body of a request. A request without one counts as `{}` where nothing needs to be said.
 * @throws AppError `invalid_request`, `invalid_event`, `too_large`, or `timeout` when it does not arrive
 */
export async function readBody<T extends z.ZodObject>(request: Request, schema: T): Promise<z.output<T>> {
  const bytes = hasBody(request) ? await collect(request, LIMITS.bodyBytes) : Buffer.alloc(0);
  if (bytes.length > 0) {
    checkContentType(request, ['application/json']);
    return parseRequest(schema, readJson(bytes));
  }
  if (Object.keys(schema.shape).length > 0)
    throw new AppError('invalid_request', 'a body is needed, with content-type: application/json');
  return parseRequest(schema, {});
}

/** @throws AppError `invalid_request` unless the body is plain UTF-8 of one of these types */
export function checkContentType(request: Request, allowed: readonly string[]): void {
  const [type = '', ...parameters] = (request.headers['content-type'] ?? '').toLowerCase().split(';');
  if (!allowed.includes(type.trim()))
    throw new AppError('invalid_request', `content-type: must be ${allowed.join(' or ')}`);
  if (!parameters.every((one) => /^\s*charset="?utf-?8"?\s*$/.test(one) || one.trim() === ''))
    throw new AppError('invalid_request', 'content-type: must be UTF-8');
  const encoding = request.headers['content-encoding'] ?? 'identity';
  if (encoding !== 'identity') throw new AppError('invalid_request', 'content-encoding: none is understood');
}

/** Never trusts `content-length` alone: what arrives is counted. */
function collect(request: Request, limit: number): Promise<Buffer> {
  const tooLarge = new AppError('too_large', `the body is over ${limit / 1024} KiB`);
  if (Number(request.headers['content-length'] ?? 0) > limit) return Promise.reject(tooLarge);
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    const settle = (act: () => void) => {
      clearTimeout(timer);
      request.off('data', take).off('end', end).off('close', cut).off('error', cut);
      act();
    };
    const fail = (error: AppError) => {
      request.pause();
      settle(() => reject(error));
    };
    const take = (chunk: Buffer) => {
      size += chunk.length;
      if (size > limit) fail(tooLarge);
      else chunks.push(chunk);
    };
    const end = () => settle(() => resolve(Buffer.concat(chunks)));
    const cut = () => fail(new AppError('invalid_request', 'the body ended early'));
    const timer = setTimeout(() => fail(new AppError('timeout', 'the body did not arrive in time')), BODY_MS);
    request.on('data', take).once('end', end).once('close', cut).once('error', cut);
  });
}

/**
 * The bytes of an uploaded file. Leaving the iteration keeps the connection, so that an error can still be answered.
 * @throws AppError `timeout` when the client falls silent, `invalid_request` when it goes away
 */
export async function* readUpload(request: Request): AsyncGenerator<Uint8Array, void> {
  const chunks = request.iterator({ destroyOnReturn: false }) as AsyncIterator<Buffer, undefined>;
  let waiting = false;
  try {
    for (;;) {
      waiting = true;
      const next = await nextWithin(chunks, SILENCE_MS);
      waiting = false;
      if (next.done) return;
      yield next.value;
    }
  } finally {
    // An iterator that still waits for a byte would never return.
    if (!waiting) await chunks.return?.();
  }
}

async function nextWithin(chunks: AsyncIterator<Buffer, undefined>, limitMs: number) {
  let timer: NodeJS.Timeout | undefined;
  const silence = new Promise<never>((_, reject) => {
    const tooLong = () => reject(new AppError('timeout', `no byte of the file came for ${limitMs / 1000} s`));
    timer = setTimeout(tooLong, limitMs);
  });
  const cut = (cause: unknown) => {
    throw new AppError('invalid_request', 'the file ended early', { cause });
  };
  try {
    return await Promise.race([chunks.next().catch(cut), silence]);
  } finally {
    clearTimeout(timer);
  }
}
