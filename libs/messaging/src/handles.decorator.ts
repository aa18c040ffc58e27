import { Ctx, MessagePattern, Payload } from '@nestjs/microservices';
import type { z } from 'zod';

/** What the transport needs to know of a handler besides its verb. */
export interface HandlerExtras {
  role: 'request' | 'batch' | 'appended';
  schema?: z.ZodType;
  serial: boolean;
  sharded: boolean;
}

export const BATCH_PATTERN = '@batch';
export const APPENDED_PATTERN = '@appended';

/**
 * Answers `pmm.v1.<service>.<shard>.<verb>`. The payload is validated with `schema`; the reply is the JSON of what the
 * handler resolves to, or its failure.
 * @param options `serial` (default false): one request at a time per `payload.mind`, in order of arrival. `sharded`
 * (default true); false: `pmm.v1.<service>.<verb>`, which every member answers.
 */
export const Handles = (
  verb: string,
  schema: z.ZodType,
  options: { serial?: boolean; sharded?: boolean } = {},
): MethodDecorator => {
  const extras: HandlerExtras = {
    role: 'request',
    schema,
    serial: options.serial ?? false,
    sharded: options.sharded ?? true,
  };
  return handler(verb, extras);
};

/** Receives every `Batch` of the shards that this member owns; one at a time per mind, in order of arrival, awaited. */
export const OnBatch = (): MethodDecorator =>
  handler(BATCH_PATTERN, { role: 'batch', serial: true, sharded: true });

/** Receives the announcements of appended spans of the shards that this member owns: `(appended, { shard })`. */
export const OnAppended = (): MethodDecorator =>
  handler(APPENDED_PATTERN, { role: 'appended', serial: false, sharded: true });

/** Nest hands over only the payload unless each parameter is named. */
function handler(pattern: string, extras: HandlerExtras): MethodDecorator {
  return <T>(target: object, key: string | symbol, descriptor: TypedPropertyDescriptor<T>) => {
    MessagePattern(pattern, { ...extras })(target, key, descriptor);
    Payload()(target, key, 0);
    Ctx()(target, key, 1);
  };
}
