import type { Msg, NatsConnection, Subscription } from 'nats';
import { systemClock } from '#libs/kernel';
import { Ownership } from '../ownership';

type Listener = (message: Msg) => void;

/** Carries heartbeats between the members of a test; a message takes a millisecond of the fake clock. */
export class TestBus {
  readonly links: TestLink[] = [];
  carryMs = 1;

  link(): TestLink {
    const link = new TestLink(this);
    this.links.push(link);
    return link;
  }

  carry(subject: string, data: Uint8Array): void {
    setTimeout(() => this.links.forEach((link) => link.receive(subject, data)), this.carryMs);
  }
}

/** One member's connection: it can be cut, and its process paused, so that what arrives waits. */
export class TestLink {
  state: 'connected' | 'reconnecting' | 'closed' = 'connected';
  readonly nc = bucketsThatWork();
  private readonly listeners: { prefix: string; onMessage: Listener }[] = [];
  private readonly onBack: (() => void)[] = [];
  private readonly waiting: (() => void)[] = [];
  private paused = false;

  constructor(private readonly bus: TestBus) {}

  subscribe(subject: string, onMessage: Listener): Subscription {
    this.listeners.push({ prefix: subject.replace('*', ''), onMessage });
    return {} as Subscription;
  }

  publish(subject: string, payload: unknown): void {
    if (this.state === 'connected') this.bus.carry(subject, Buffer.from(JSON.stringify(payload)));
  }

  onReconnect(listener: () => void): void {
    this.onBack.push(listener);
  }

  receive(subject: string, data: Uint8Array): void {
    if (this.state !== 'connected') return;
    const deliver = () => {
      for (const { prefix, onMessage } of this.listeners)
        if (subject.startsWith(prefix)) onMessage({ subject, data } as Msg);
    };
    if (this.paused) this.waiting.push(deliver);
    else deliver();
  }

  cut(): void {
    this.state = 'reconnecting';
  }

  mend(): void {
    this.state = 'connected';
    for (const listener of this.onBack) listener();
  }

  pause(): void {
    this.paused = true;
  }

  resume(): void {
    this.paused = false;
    for (const deliver of this.waiting.splice(0)) deliver();
  }
}

function bucketsThatWork(): NatsConnection {
  const kv = () => Promise.resolve({ status: () => Promise.resolve({}) });
  return { jetstream: () => ({ views: { kv } }) } as unknown as NatsConnection;
}

/** A member of a service of 64 shards on a bus, to which taking one shard costs `takeMs`. */
export class TestMember {
  readonly link: TestLink;
  readonly ownership: Ownership;
  readonly logged: string[] = [];
  private readonly served = new Set<number>();

  constructor(
    readonly instance: string,
    bus: TestBus,
    takeMs = 0,
  ) {
    this.link = bus.link();
    const log = (message: string) => void this.logged.push(message);
    this.ownership = new Ownership({
      service: 'projection',
      instance,
      shards: 64,
      link: this.link,
      clock: systemClock,
      log: { info: log, warn: log, error: log },
    });
    if (takeMs > 0) this.ownership.onTake(() => systemClock.sleep(takeMs));
    this.ownership.onTake((shard) => void this.served.add(shard));
    this.ownership.onRelease((shard) => void this.served.delete(shard));
  }

  /** What a request would find here now. */
  serves(shard: number): boolean {
    return this.served.has(shard) && this.ownership.alive() && this.link.state === 'connected';
  }

  /**
   * Like SIGSTOP: no timer of this member runs, nothing is received. Gives what lets it go on: first comes what arrived
   * meanwhile, then the timers. Tells whether it would have served what had arrived.
   */
  pause(): () => boolean {
    const ownership = this.ownership as unknown as { pulse: () => void };
    const pulse = ownership.pulse.bind(this.ownership);
    let missed = false;
    ownership.pulse = () => void (missed = true);
    this.link.pause();
    return () => {
      ownership.pulse = pulse;
      this.link.resume();
      const served = this.ownership.alive();
      if (missed) pulse();
      return served;
    };
  }
}
