import { MEMBER_BUCKET, type ServiceName } from '#libs/contracts';
import type { Clock } from '#libs/kernel';
import { Bucket } from './bucket';
import type { Link, Log } from './link';
import { GONE_MS, Members, readHeartbeat, type Heartbeat, type Phase } from './members';
import { LISTEN_MS, OwnHeartbeat } from './own-heartbeat';
import { Dealer } from './rendezvous';

const BEAT_MS = 1_000;
/** How long a start waits for the return of its own heartbeat, looking so many times. */
const START_MS = 5_000;
const START_TRIES = 500;
/** How long one that leaves goes on serving, so that the others have taken its shards before it gives them up. */
const HANDOVER_MS = 200;
/** A wiped store takes the bucket with it: it is made again after so many beats. */
const ENSURE_EVERY = 10;

type Listener = (shard: number) => Promise<void> | void;
type Preparer = (shards: ReadonlySet<number>, isAwaited: () => boolean) => Promise<void>;

export interface OwnershipOptions {
  service: ServiceName;
  instance: string;
  shards: number;
  link: Pick<Link, 'nc' | 'state' | 'subscribe' | 'publish' | 'onReconnect'>;
  clock: Clock;
  log: Log;
}

/**
 * Which shards this member serves. Members write heartbeats into a bucket and hear each other's through the bucket's
 * subject, a plain subscription that works while the bucket itself is lost. The owner of a shard is the rendezvous
 * hash over the members heard. Two owners for a moment are harmless: the database is the fence.
 */
export class Ownership {
  private readonly members = new Members();
  private readonly mine = new Set<number>();
  private readonly preparers: Preparer[] = [];
  private readonly takeListeners: Listener[] = [];
  private readonly releaseListeners: Listener[] = [];
  private readonly returnListeners: (() => void)[] = [];
  private readonly bucket: Bucket;
  private readonly prefix: string;
  private phase: Phase = 'joining';
  /** What the others are told. `active` only once our shards are served, so that they give up nothing too early. */
  private announced: Phase = 'joining';
  private handingOver = false;
  private preparing = false;
  /** Served nothing for a while, and has not come back yet. */
  private gone = false;
  private readonly own = new OwnHeartbeat();
  private readonly dealer: Dealer;
  private beats = 0;
  private timer?: NodeJS.Timeout;
  private settling: Promise<void> = Promise.resolve();

  constructor(private readonly options: OwnershipOptions) {
    const name = MEMBER_BUCKET(options.service);
    this.prefix = `$KV.${name}.`;
    this.dealer = new Dealer(options.shards);
    this.bucket = new Bucket(options.link, name, { ttl: GONE_MS }, options.log);
  }

  /** How many shards there are in the system. */
  get shards(): number {
    return this.options.shards;
  }

  owned(): readonly number[] {
    return [...this.mine].sort((a, b) => a - b);
  }

  owns(shard: number): boolean {
    return this.mine.has(shard);
  }

  /** False when this member was paused or cut off for so long that others may have taken its shards. */
  alive(): boolean {
    return this.phase === 'leaving' || (this.phase === 'active' && this.own.isProved(this.now()));
  }

  /** Alive, and done with taking the shards that were its own when it joined, for the first time or again. */
  serves(): boolean {
    return this.announced === 'active' && this.alive();
  }

  /** The members that serve, this one included. */
  present(): string[] {
    return [...this.members.active(), this.options.instance];
  }

  /**
   * Called, and awaited, before this member takes its first shards, with those that will be its. `isAwaited` becomes false
   * when nobody else serves them any more or this member leaves: then one that is called should resolve soon.
   */
  onPrepare(preparer: Preparer): void {
    this.preparers.push(preparer);
  }

  /**
   * Called in order of registration, and awaited, when a shard becomes this member's, for several shards at once; one that
   * throws is asked again.
   */
  onTake(listener: Listener): void {
    this.takeListeners.push(listener);
  }

  /** Called last registered first, and awaited, when a shard is no longer this member's. */
  onRelease(listener: Listener): void {
    this.releaseListeners.unshift(listener);
  }

  /**
   * Called when this member serves again after it was thought gone: of the shards that it kept, others may have written
   * and broadcast meanwhile.
   */
  onReturn(listener: () => void): void {
    this.returnListeners.push(listener);
  }

  /** Joins, listens, and takes the shards that are this member's. */
  async start(): Promise<void> {
    const { link, clock } = this.options;
    link.subscribe(`${this.prefix}*`, (message) => this.hear(message.subject, message.data));
    link.onReconnect(() => this.greet());
    await this.bucket.ensure();
    this.own.joins(this.now());
    this.beat();
    await clock.sleep(LISTEN_MS);
    // Our own heartbeat may be slow to come back; when it does not, the pulse goes on waiting for it.
    for (let tries = 0; tries < START_TRIES && !this.isReadyToServe(); tries++)
      await clock.sleep(START_MS / START_TRIES);
    if (this.phase === 'leaving') return;
    this.timer = setInterval(() => this.pulse(), BEAT_MS);
    await this.prepare();
    if (this.phase === 'joining' && this.isReadyToServe()) await this.activate();
  }

  /** Says so, lets the others take over, and gives up every shard after its work was drained. */
  async leave(): Promise<void> {
    this.handingOver = true;
    this.phase = this.announced = 'leaving';
    this.beat();
    if (this.members.active().length > 0) await this.options.clock.sleep(HANDOVER_MS);
    this.handingOver = false;
    await this.settle();
    clearInterval(this.timer);
  }

  /** Whoever fails to prepare serves all the same, unprepared. */
  private async prepare(): Promise<void> {
    const shards = this.dealer.shardsOf(this.options.instance, this.present());
    const isAwaited = () => this.phase === 'joining' && this.members.active().length > 0;
    this.preparing = true;
    try {
      await Promise.all(this.preparers.map((preparer) => preparer(shards, isAwaited)));
    } catch (error) {
      this.options.log.error('preparing failed; shards are taken all the same', error);
    } finally {
      this.preparing = false;
    }
  }

  private pulse(): void {
    if (this.phase === 'joining' && !this.preparing && this.isReadyToServe()) {
      void this.activate();
      return;
    }
    this.beat();
    if (++this.beats % ENSURE_EVERY === 0) void this.bucket.ensure();
    void this.settle();
  }

  /** The others know of us, and we of them, or we are leaving and wait for nobody. */
  private isReadyToServe(): boolean {
    if (this.phase === 'leaving') return true;
    return this.options.link.state === 'connected' && this.own.hasListened(this.now());
  }

  /** On a new connection one that joins begins to listen anew. */
  private greet(): void {
    if (this.phase === 'joining') this.own.joins(this.now());
    this.beat();
  }

  private async activate(): Promise<void> {
    this.phase = 'active';
    if (this.gone) for (const listener of this.returnListeners) listener();
    this.gone = false;
    await this.settle();
    if (this.phase === 'active') this.announced = 'active';
    this.beat();
  }

  /**
   * While there is no connection nothing is said: it would only arrive late, all at once. One that was gone says that it
   * joins: an `active` that came back would prove it present before it has heard who else is.
   */
  private beat(): void {
    if (this.phase === 'active' && !this.alive()) {
      this.phase = this.announced = 'joining';
      this.gone = true;
      this.own.joins(this.now());
    }
    const { link, instance } = this.options;
    if (link.state !== 'connected') return;
    const beat: Heartbeat = { instance, phase: this.announced, sentAt: this.now() };
    link.publish(this.prefix + instance, beat);
  }

  private hear(subject: string, data: Uint8Array): void {
    const beat = readHeartbeat(subject.slice(this.prefix.length), data);
    if (!beat) {
      this.options.log.warn(`not a heartbeat: ${subject}`);
      return;
    }
    const { instance, phase, sentAt } = beat;
    if (instance === this.options.instance) return this.own.cameBack(phase, sentAt, this.now());
    this.members.hear(instance, phase, this.now());
    if (phase === 'joining' && this.announced === 'active') this.beat();
    void this.settle();
  }

  /** Takes and releases one after the other, in the order in which membership changed. */
  private settle(): Promise<void> {
    this.settling = this.settling.then(() => this.change());
    return this.settling;
  }

  private async change(): Promise<void> {
    this.members.forgetSilent(this.now());
    const wanted = this.wanted();
    // Together, as a database that stands still may hold up each of them.
    await Promise.all([...wanted].filter((shard) => !this.mine.has(shard)).map((shard) => this.take(shard)));
    await Promise.all(
      [...this.mine].filter((shard) => !wanted.has(shard)).map((shard) => this.release(shard)),
    );
  }

  /** One that joins again keeps what it had, unserved, until it has heard the others. */
  private wanted(): ReadonlySet<number> {
    if (this.phase === 'joining' || this.handingOver) return new Set(this.mine);
    if (this.phase === 'leaving') return new Set();
    return this.dealer.shardsOf(this.options.instance, this.present());
  }

  private async take(shard: number): Promise<void> {
    this.mine.add(shard);
    try {
      for (const listener of this.takeListeners) await listener(shard);
    } catch (error) {
      this.mine.delete(shard);
      this.options.log.error(`shard ${shard} could not be taken; it is tried again`, error);
    }
  }

  /** Whatever fails, the other listeners let go of the shard too. */
  private async release(shard: number): Promise<void> {
    this.mine.delete(shard);
    for (const listener of this.releaseListeners) {
      try {
        await listener(shard);
      } catch (error) {
        this.options.log.error(`shard ${shard} was not given up cleanly`, error);
      }
    }
  }

  private now(): number {
    return this.options.clock.monotonicMs();
  }
}
