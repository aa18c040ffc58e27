import { Catch, Inject, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import type { Request, Response } from 'express';
import type { Log } from '#libs/messaging';
import { LOG } from '#libs/service';
import { sendError, toAppError } from './send-error';

/** Turns every failure of a request into the one shape of errors; a fault of ours goes to the log in full. */
@Catch()
export class ErrorFilter implements ExceptionFilter {
  constructor(@Inject(LOG) private readonly log: Log) {}

  catch(thrown: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    const request = http.getRequest<Request>();
    const error = toAppError(thrown, request);
    if (error.code === 'internal')
      this.log.error(`${request.method} ${request.path} failed`, error.cause ?? error);
    sendError(request, http.getResponse<Response>(), error);
  }
}
