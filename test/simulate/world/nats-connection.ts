import {
  ErrorCode,
  Events,
  NatsError,
  type Msg,
  type MsgHdrs,
  type NatsConnection,
  type Status,
  type Subscription,
} from 'nats';
import type { Carried, NatsServer } from './nats-server';
import type { Process } from './process';
import type { Scheduler } from './scheduler';

const BUFFERED = 2_000;
const BUCKET_PATIENCE_MS = 3_000;

type Callback = (error: NatsError | null, message: Msg) => void;

export class SimulatedSubscription {
  closed = false;

  constructor(
    readonly connection: SimulatedConnection,
    readonly subject: string,
    private readonly callback: Callback,
  ) {}

  receive(message: Carried): void {
    this.callback(null, this.connection.toMsg(message));
  }
}

/** What the `nats` package calls a connection, as far as this system uses one. */
export class SimulatedConnection {
  readonly info = { max_payload: 1024 * 1024 };
  /** `stalled`: nobody has noticed yet that nothing gets through. */
  private line: 'open' | 'cut' | 'stalled' | 'closed' = 'open';
  private mendedAt = -Infinity;
  private readonly outgoing: (() => void)[] = [];
  private readonly incoming: (() => void)[] = [];
  private readonly statuses: Status[] = [];
  private onStatus: (() => void) | null = null;

  constructor(
    private readonly server: NatsServer,
    private readonly scheduler: Scheduler,
    readonly process: Process,
  ) {
    server.connections.add(this);
  }

  /** The connection as the code under test sees it. */
  asNats(): NatsConnection {
    return this as unknown as NatsConnection;
  }

  get reachable(): boolean {
    return this.line === 'open' && this.process.state !== 'dead';
  }

  /** Until when the line was cut or stalled the last time. */
  get awayUntil(): number {
    return this.line === 'open' ? this.mendedAt : Infinity;
  }

  /** What arrives while the line stalls waits in the kernel of one side or the other. */
  missed(receive: () => void): void {
    if (this.line === 'stalled' && this.incoming.length < BUFFERED) this.incoming.push(receive);
  }

  cut(): void {
    if (this.line !== 'open' && this.line !== 'stalled') return;
    this.line = 'cut';
    this.incoming.length = 0;
    this.tell(Events.Disconnect);
  }

  stall(): void {
    if (this.line === 'open') this.line = 'stalled';
  }

  mend(): void {
    const before = this.line;
    if (before === 'closed' || before === 'open') return;
    this.line = 'open';
    this.mendedAt = this.scheduler.now;
    if (before === 'cut') this.tell(Events.Reconnect);
    for (const send of this.outgoing.splice(0)) this.scheduler.after(0.01, this.process, send);
    for (const receive of this.incoming.splice(0)) this.scheduler.after(0.02, this.process, receive);
  }

  publish(subject: string, data: Uint8Array, options?: { headers?: MsgHdrs }): void {
    const message: Carried = { subject, data: Buffer.from(data), headers: options?.headers };
    this.out(() => this.server.carry(this.process, message));
  }

  subscribe(subject: string, { callback }: { callback: Callback }): Subscription {
    const subscription = new SimulatedSubscription(this, subject, callback);
    this.server.add(subscription);
    const end = () => {
      subscription.closed = true;
      this.server.remove(subscription);
    };
    const drain = async () => {
      this.server.remove(subscription);
      await this.scheduler.wait(2);
      end();
    };
    return { unsubscribe: end, drain } as unknown as Subscription;
  }

  request(
    subject: string,
    payload: string,
    { timeout, headers }: { timeout: number; headers: MsgHdrs },
  ): Promise<Msg> {
    return new Promise((resolve, reject) => {
      const timer = this.scheduler.timer(timeout, () => reject(new NatsError('TIMEOUT', ErrorCode.Timeout)));
      const settled = (settle: () => void) => () => {
        timer.cancelled = true;
        settle();
      };
      const answer = (from: Process, data: Buffer) =>
        this.server.send(
          `answer:${subject}`,
          from,
          this,
          settled(() => resolve(this.toMsg({ subject, data }))),
        );
      this.out(() => {
        const message = { subject, data: Buffer.from(payload), headers, answer };
        if (this.server.carry(this.process, message) > 0) return;
        const nobody = () => reject(new NatsError('503', ErrorCode.NoResponders));
        this.server.send(`nobody:${subject}`, this.process, this, settled(nobody));
      });
    });
  }

  async *status(): AsyncGenerator<Status> {
    for (;;) {
      const next = this.statuses.shift();
      if (next) yield next;
      else if (this.line === 'closed') return;
      else await new Promise<void>((resolve) => (this.onStatus = resolve));
    }
  }

  /** Buckets that work while there is a connection; what is in them, nobody asks here. */
  jetstream() {
    const answer = async <T>(value: T): Promise<T> => {
      await this.scheduler.wait(this.line === 'open' ? 1 : BUCKET_PATIENCE_MS);
      if (this.line !== 'open') throw new NatsError('TIMEOUT', ErrorCode.Timeout);
      return value;
    };
    return { views: { kv: () => answer({ status: () => answer({}) }) } };
  }

  isClosed(): boolean {
    return this.line === 'closed';
  }

  close(): Promise<void> {
    this.line = 'closed';
    this.server.connections.delete(this);
    this.onStatus?.();
    return Promise.resolve();
  }

  toMsg(message: Carried): Msg {
    const { subject, data, headers, answer } = message;
    const respond = (reply: Uint8Array | string) => {
      if (!answer) return false;
      this.server.answered(this.process, message);
      const bytes = Buffer.from(reply as Uint8Array);
      this.out(() => answer(this.process, bytes));
      return true;
    };
    const json = () => JSON.parse(data.toString()) as unknown;
    return { subject, data, headers, reply: answer && 'inbox', respond, json } as unknown as Msg;
  }

  /** What is said while there is no line waits in memory, as the client of NATS does it. */
  private out(send: () => void): void {
    if (this.line === 'open') send();
    else if (this.line !== 'closed' && this.outgoing.length < BUFFERED) this.outgoing.push(send);
  }

  private tell(type: Events): void {
    this.statuses.push({ type, data: 'simulated' });
    const wake = this.onStatus;
    this.onStatus = null;
    if (wake) this.scheduler.after(0.01, this.process, wake);
  }
}
