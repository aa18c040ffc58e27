import type { MemberContext } from './context';

/** What a service does around its transport, as its Nest module does it. */
export interface Parts {
  /** Before the member joins the others. */
  bootstrap(): void | Promise<void>;
  /** After the transport has given up all shards and drained. */
  shutdown(): Promise<void>;
}

/** A member of a service, as one process runs it. */
export interface Member {
  context: MemberContext;
  start(): Promise<void>;
  /** The orderly end, as on SIGTERM. */
  stop(): Promise<void>;
}

export function memberOf(context: MemberContext, parts: Parts): Member {
  const { transport, link, process, world } = context;
  return {
    context,
    start: async () => {
      await parts.bootstrap();
      await new Promise<void>((resolve, reject) =>
        transport.listen((error) => (error instanceof Error ? reject(error) : resolve())),
      );
    },
    stop: async () => {
      await transport.close();
      await parts.shutdown();
      await link.close();
      process.state = 'dead';
      world.trace.note(process.name, () => 'has ended');
    },
  };
}
