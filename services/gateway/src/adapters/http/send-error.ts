import { HttpException, HttpStatus } from '@nestjs/common';
import type { Request, Response } from 'express';
import { ERROR_CODES, type ErrorCode } from '#libs/contracts';
import { AppError, toErrorReply } from '#libs/kernel';

/** What a client may still send of a body that was refused; then the connection ends under it. */
const DRAIN_BYTES = 8 * 1024 * 1024;
const DRAIN_MS = 5_000;

const CODE_OF_STATUS: Partial<Record<number, ErrorCode>> = {
  [HttpStatus.BAD_REQUEST]: 'invalid_request',
  [HttpStatus.NOT_FOUND]: 'not_found',
  [HttpStatus.METHOD_NOT_ALLOWED]: 'not_found',
  [HttpStatus.PAYLOAD_TOO_LARGE]: 'too_large',
};

/** Whether a failure is one that callers are told about; anything else is a fault of ours, for the log. */
export function toAppError(error: unknown, request: Request): AppError {
  if (error instanceof AppError) return error;
  if (error instanceof HttpException) {
    const code = CODE_OF_STATUS[error.getStatus()] ?? 'internal';
    const route = `${request.method} ${request.path.slice(0, 200)}`;
    return new AppError(code, code === 'not_found' ? `there is no ${route}` : error.message, {
      cause: error,
    });
  }
  return new AppError('internal', 'something went wrong inside; the log says what', { cause: error });
}

/** Answers with the error's status and shape. An answer that has begun can only be cut off; a client may be gone. */
export function sendError(request: Request, response: Response, error: AppError): void {
  if (response.destroyed) return;
  if (response.headersSent) {
    response.destroy();
    return;
  }
  const body = Buffer.from(JSON.stringify(errorBody(error)));
  response.status(ERROR_CODES[error.code].status);
  response.setHeader('content-type', 'application/json; charset=utf-8');
  response.setHeader('content-length', body.length);
  if (error.code === 'busy' || error.code === 'unavailable') response.setHeader('retry-after', '1');
  if (error.code === 'unauthorized') response.setHeader('www-authenticate', 'Bearer');
  if (hasUnreadBody(request)) endAfterDrain(request, response, body);
  else response.end(body);
}

/** `internal` never carries detail, whoever threw it. */
export function errorBody(error: AppError) {
  return error.code === 'internal' ? toErrorReply(undefined) : toErrorReply(error);
}

export const hasBody = (request: Request): boolean =>
  request.headers['transfer-encoding'] !== undefined || Number(request.headers['content-length'] ?? 0) > 0;

const hasUnreadBody = (request: Request): boolean => hasBody(request) && !request.complete;

/**
 * A client that is still sending might never see the answer if the connection ended at once: the bytes nobody read
 * would reset it. So the answer goes out first, and what comes after it is thrown away for a while.
 */
function endAfterDrain(request: Request, response: Response, body: Buffer): void {
  response.setHeader('connection', 'close');
  response.write(body);
  let left = DRAIN_BYTES;
  const timer = setTimeout(() => response.destroy(), DRAIN_MS);
  const end = () => response.end();
  request.on('data', (chunk: Buffer) => {
    left -= chunk.length;
    if (left < 0) response.destroy();
  });
  request.once('end', end).once('error', end);
  response.once('close', () => clearTimeout(timer));
  request.resume();
}
