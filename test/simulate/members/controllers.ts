import 'reflect-metadata';
import { PATTERN_EXTRAS_METADATA, PATTERN_METADATA } from '@nestjs/microservices/constants';
import type { PmmTransport } from '#libs/messaging';

type Method = (payload: unknown, context: unknown) => Promise<unknown>;

/** Connects a controller's decorated methods to the transport, as Nest does. */
export function serve(transport: PmmTransport, controller: object): void {
  const methods = Object.getPrototypeOf(controller) as Record<string, Method>;
  for (const name of Object.getOwnPropertyNames(methods)) {
    const method = methods[name];
    const patterns = (method && Reflect.getMetadata(PATTERN_METADATA, method)) as string[] | undefined;
    if (!method || !patterns) continue;
    const extras = Reflect.getMetadata(PATTERN_EXTRAS_METADATA, method) as Record<string, unknown>;
    const handler = (payload: unknown, context: unknown) => method.call(controller, payload, context);
    for (const pattern of patterns) transport.addHandler(pattern, handler, false, extras);
  }
}
