import { LoggerService } from '@nestjs/common';
import pino, { type Logger as Pino } from 'pino';
import { currentTrace, type Log } from '#libs/messaging';

/** JSON lines on standard output; errors with their stack and cause, and the trace of the request they are about. */
export function createPino(service: string, instance: string, level: string): Pino {
  return pino({
    level,
    base: { service, instance },
    timestamp: pino.stdTimeFunctions.isoTime,
    mixin: () => {
      const traceparent = currentTrace();
      return traceparent === undefined ? {} : { traceparent };
    },
    serializers: { err: pino.stdSerializers.errWithCause },
  });
}

/** The small logging face of the libraries. */
export const toLog = (logger: Pino): Log => ({
  info: (message) => logger.info(message),
  warn: (message) => logger.warn(message),
  error: (message, error) => logger.error(error === undefined ? {} : { err: error }, message),
});

/** Nest's own lines through the same logger. */
export class NestLog implements LoggerService {
  constructor(private readonly logger: Pino) {}

  log(message: unknown, ...rest: unknown[]): void {
    this.logger.debug({ context: rest.at(-1) }, String(message));
  }

  error(message: unknown, ...rest: unknown[]): void {
    if (message instanceof Error) this.logger.error({ err: message, context: rest.at(-1) }, message.message);
    else this.logger.error({ detail: rest }, String(message));
  }

  warn(message: unknown, ...rest: unknown[]): void {
    this.logger.warn({ context: rest.at(-1) }, String(message));
  }
}
