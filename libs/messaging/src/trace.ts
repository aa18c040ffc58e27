import { AsyncLocalStorage } from 'node:async_hooks';

/** Of W3C Trace Context: version, trace id, parent id, flags. */
const TRACEPARENT = /^[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$/;
const current = new AsyncLocalStorage<string>();

/** Runs work, and all that it asks of others, under a caller's `traceparent`; anything else is no trace, and ignored. */
export const underTrace = <T>(traceparent: string | undefined, work: () => T): T =>
  traceparent !== undefined && TRACEPARENT.test(traceparent) ? current.run(traceparent, work) : work();

/** The `traceparent` of the request that is being worked on. */
export const currentTrace = (): string | undefined => current.getStore();
