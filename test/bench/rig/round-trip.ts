import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { connect, type NatsConnection } from 'nats';
import { timed } from '../runner/repeat';

const SUBJECT = 'bench.empty';

/** The yardstick of messages: empty request and reply; a process of its own answers without doing anything. */
export class RoundTrip {
  private constructor(
    private readonly asking: NatsConnection,
    private readonly answering: ChildProcess,
  ) {}

  static async start(url: string): Promise<RoundTrip> {
    const answering = fork(join(__dirname, 'responder.js'), [url, SUBJECT]);
    const [message] = (await Promise.race([
      once(answering, 'message'),
      once(answering, 'exit'),
    ])) as unknown[];
    if (message !== 'ready') throw new Error('the process that answers empty requests did not start');
    return new RoundTrip(await connect({ servers: url }), answering);
  }

  /** Of the process that answers. */
  get pid(): number {
    return this.answering.pid ?? 0;
  }

  request(): Promise<unknown> {
    return this.asking.request(SUBJECT, '', { timeout: 10_000 });
  }

  /** Milliseconds of one. */
  measure(): Promise<number> {
    return timed(() => this.request());
  }

  async stop(): Promise<void> {
    const gone = once(this.answering, 'exit');
    this.answering.disconnect();
    await Promise.all([this.asking.close(), gone]);
  }
}
