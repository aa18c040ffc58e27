import { MEMBER_BUCKET, type ServiceName } from '#libs/contracts';
import type { Clock } from '#libs/kernel';
import { Bucket } from './bucket';
import type { Link, Log } from './link';
import { ownerOf } from './rendezvous';

type Phase = 'joining' | 'active' | 'leaving';
interface Heartbeat {
  instance: string;
  phase: Phase;
}
interface Seen {
  phase: Phase;
  at: number;
}

const BEAT_MS = 1_000;
/** A member is gone when its key has not changed for so long on our own monotonic clock. */
const GONE_MS = 5_000;
/** Without a heartbeat of our own that came back, we serve nothing until we have joined again. */
const FENCED_MS = 4_000;
/** How long a new member listens before it takes what is its. The others answer a `joining` at once. */
const LISTEN_MS = 300;

type Listener = (shard: number) => Promise<void> | void;

export interface OwnershipOptions {
  service: ServiceName;
  instance: string;
  shards: number;
  link: Link;
  clock: Clock;
  log: Log;
}

/**
 * Which shards this member serves. Members write heartbeats into a bucket and hear each other's through the bucket's
 * subject, a plain subscription that works while the bucket itself is lost. The owner of a shard is the rendezvous
 * hash over the members heard. Two owners for a moment are harmless: the database is the fence.
 */
export class Ownership {
  private readonly members = new Map<string, Seen>();
  private readonly mine = new Set<number>();
  private readonly takeListeners: Listener[] = [];
  private readonly releaseListeners: Listener[] = [];
  private readonly bucket: Bucket;
  private readonly prefix: string;
  private phase: Phase = 'joining';
  private echoedAt = 0;
  private timer?: NodeJS.Timeout;
  private settling: Promise<void> = Promise.resolve();

  constructor(private readonly options: OwnershipOptions) {
    const name = MEMBER_BUCKET(options.service);
    this.prefix = `$KV.${name}.`;
    this.bucket = new Bucket(options.link, name, { ttl: GONE_MS }, options.log);
  }

  owned(): readonly number[] {
    return [...this.mine].sort((a, b) => a - b);
  }

  owns(shard: number): boolean {
    return this.mine.has(shard);
  }

  /** False when this member was paused or cut off for so long that others may have taken its shards. */
  alive(): boolean {
    return this.options.clock.monotonicMs() - this.echoedAt < FENCED_MS;
  }

  /** The members heard lately, this one included. */
  present(): string[] {
    return [...this.members].filter(([, seen]) => seen.phase !== 'leaving').map(([instance]) => instance);
  }

  /** Awaited before the shard counts as taken. */
  onTake(listener: Listener): void {
    this.takeListeners.push(listener);
  }

  /** Awaited after the shard is no longer served. */
  onRelease(listener: Listener): void {
    this.releaseListeners.push(listener);
  }

  /** Joins, listens, and takes the shards that are this member's. */
  async start(): Promise<void> {
    const { link, clock } = this.options;
    link.subscribe(`${this.prefix}*`, (message) => this.hear(message.subject, message.data));
    await this.bucket.keys(1);
    this.beat();
    await clock.sleep(LISTEN_MS);
    this.phase = 'active';
    this.beat();
    await this.settle();
    this.timer = setInterval(() => this.pulse(), BEAT_MS);
    link.onReconnect(() => this.beat());
  }

  /** Gives up every shard, after its work was drained, and says so. */
  async leave(): Promise<void> {
    clearInterval(this.timer);
    this.phase = 'leaving';
    this.beat();
    await this.settle();
  }

  private pulse(): void {
    if (!this.alive() && this.phase === 'active') this.phase = 'joining';
    else if (this.phase === 'joining') this.phase = 'active';
    this.beat();
    void this.settle();
  }

  private beat(): void {
    const { link, instance } = this.options;
    if (link.state === 'closed') return;
    link.publish(this.prefix + instance, { instance, phase: this.phase } satisfies Heartbeat);
  }

  private hear(subject: string, data: Uint8Array): void {
    const instance = subject.slice(this.prefix.length);
    const phase = data.length > 0 ? (JSON.parse(Buffer.from(data).toString()) as Heartbeat).phase : 'leaving';
    const now = this.options.clock.monotonicMs();
    const before = this.members.get(instance)?.phase;
    this.members.set(instance, { phase, at: now });
    if (instance === this.options.instance) {
      this.echoedAt = now;
      return;
    }
    if (before === phase) return;
    if (phase === 'joining') this.beat();
    void this.settle();
  }

  /** Takes and releases one after the other, in the order in which membership changed. */
  private settle(): Promise<void> {
    this.settling = this.settling
      .then(() => this.change())
      .catch((error) => {
        this.options.log.error('a change of shards failed', error);
      });
    return this.settling;
  }

  private async change(): Promise<void> {
    this.forget();
    const wanted = this.wanted();
    for (const shard of [...this.mine]) if (!wanted.has(shard)) await this.release(shard);
    for (const shard of wanted) if (!this.mine.has(shard)) await this.take(shard);
  }

  private wanted(): Set<number> {
    const { instance, shards } = this.options;
    const wanted = new Set<number>();
    if (this.phase !== 'active') return this.phase === 'joining' ? new Set(this.mine) : wanted;
    const candidates = this.present().filter((member) => member !== instance);
    candidates.push(instance);
    for (let shard = 0; shard < shards; shard++)
      if (ownerOf(shard, candidates) === instance) wanted.add(shard);
    return wanted;
  }

  private forget(): void {
    const now = this.options.clock.monotonicMs();
    for (const [instance, seen] of this.members) {
      if (now - seen.at > GONE_MS && instance !== this.options.instance) this.members.delete(instance);
    }
  }

  private async take(shard: number): Promise<void> {
    this.mine.add(shard);
    for (const listener of this.takeListeners) await listener(shard);
  }

  private async release(shard: number): Promise<void> {
    this.mine.delete(shard);
    for (const listener of this.releaseListeners) await listener(shard);
  }
}
