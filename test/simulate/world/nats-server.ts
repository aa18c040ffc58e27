import type { MsgHdrs } from 'nats';
import type { Network } from './network';
import type { Process } from './process';
import type { Scheduler } from './scheduler';
import type { SimulatedConnection, SimulatedSubscription } from './nats-connection';

export interface Carried {
  subject: string;
  data: Buffer;
  headers?: MsgHdrs;
  /** Of a request: how an answer finds its way back. */
  answer?: (from: Process, data: Buffer) => void;
}

/** Watches what is said, on behalf of the checks. */
export interface Overhears {
  published(from: Process, message: Carried): void;
  arrived(at: Process, message: Carried, from: Process): void;
  answered(by: Process, message: Carried): void;
}

/** The simulated NATS server: plain subjects, and nothing that it remembers. */
export class NatsServer {
  up = true;
  readonly connections = new Set<SimulatedConnection>();
  private readonly exact = new Map<string, Set<SimulatedSubscription>>();
  /** Subjects that end in `*`, by what stands before it. */
  private readonly open = new Map<string, Set<SimulatedSubscription>>();
  readonly overhears: Overhears[] = [];

  constructor(
    private readonly scheduler: Scheduler,
    private readonly network: Network,
  ) {}

  add(subscription: SimulatedSubscription): void {
    const { subject } = subscription;
    const map = subject.endsWith('*') ? this.open : this.exact;
    const key = subject.endsWith('*') ? subject.slice(0, -1) : subject;
    map.set(key, (map.get(key) ?? new Set()).add(subscription));
  }

  remove(subscription: SimulatedSubscription): void {
    const { subject } = subscription;
    if (subject.endsWith('*')) this.open.get(subject.slice(0, -1))?.delete(subscription);
    else this.exact.get(subject)?.delete(subscription);
  }

  /** Hands a message on to everybody who listens. The number of them, however many copies arrive. */
  carry(from: Process, message: Carried): number {
    for (const other of this.overhears) other.published(from, message);
    const { subject } = message;
    const open = this.open.get(subject.slice(0, subject.lastIndexOf('.') + 1));
    const listeners = [...(this.exact.get(subject) ?? []), ...(open ?? [])];
    const reached = listeners.filter(({ connection }) => connection.reachable);
    for (const listener of reached) this.deliver(from, listener, message);
    return reached.length;
  }

  /** Something for one connection alone, such as an answer. */
  send(subject: string, from: Process, to: SimulatedConnection, receive: () => void): void {
    for (const at of this.network.arrivals(subject, from, to.process))
      this.scheduler.after(at - this.scheduler.now, to.process, () => {
        if (to.reachable) receive();
        else to.missed(receive);
      });
  }

  private deliver(from: Process, listener: SimulatedSubscription, message: Carried): void {
    const { connection } = listener;
    this.send(message.subject, from, connection, () => {
      if (listener.closed) return;
      for (const other of this.overhears) other.arrived(connection.process, message, from);
      listener.receive(message);
    });
  }

  answered(by: Process, message: Carried): void {
    for (const other of this.overhears) other.answered(by, message);
  }
}
