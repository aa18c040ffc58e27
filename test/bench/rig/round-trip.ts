import type { NatsConnection } from 'nats';
import { connect } from 'nats';
import { timed } from '../runner/repeat';

const SUBJECT = 'bench.empty';

/** The yardstick of messages: request and reply between two connections, with a handler that does nothing. */
export class RoundTrip {
  private constructor(
    private readonly asking: NatsConnection,
    private readonly answering: NatsConnection,
  ) {}

  static async start(url: string): Promise<RoundTrip> {
    const [asking, answering] = await Promise.all([connect({ servers: url }), connect({ servers: url })]);
    answering.subscribe(SUBJECT, { callback: (_error, message) => void message.respond() });
    await answering.flush();
    return new RoundTrip(asking, answering);
  }

  request(payload: Uint8Array | string = ''): Promise<unknown> {
    return this.asking.request(SUBJECT, payload, { timeout: 10_000 });
  }

  /** Milliseconds of one. */
  measure(): Promise<number> {
    return timed(() => this.request());
  }

  async stop(): Promise<void> {
    await Promise.all([this.asking.close(), this.answering.close()]);
  }
}
