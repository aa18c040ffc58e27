import { LRUCache } from 'lru-cache';
import {
  upcast,
  type AppendReply,
  type Batch,
  type Folded,
  type MindEvent,
  type NewEvent,
  type ServiceName,
} from '#libs/contracts';
import {
  AppError,
  combineDigests,
  decided,
  decodeState,
  digestOf,
  encodeState,
  sectionDigest,
  type Clock,
  type Fold,
  type Rule,
} from '#libs/kernel';
import type { Log } from '../link';
import type { LogClient } from '../log-client';
import type { Metrics } from '../metrics';
import type { DecisionWriter } from './decision-writer';
import { chainFault, readRange } from './mind-reader';
import { newResident, type Resident } from './resident';
import type { Snapshot, SnapshotStore } from './snapshot-store';

/** Something that a service starts beside the feed after a live event, e.g. a model call. Must return at once. */
export interface Effect<S> {
  readonly kinds: readonly string[];
  react(mind: string, state: S, event: MindEvent): void;
}

export interface CacheSettings {
  snapshotEvery: number;
  /** Probability with which a new snapshot is proved by folding onto the one before. */
  verifySample: number;
  residentMinds: number;
}

export interface CacheOptions<S extends object> {
  service: ServiceName;
  fold: Fold<S>;
  rules: readonly Rule<S>[];
  effects?: readonly Effect<S>[];
  log: LogClient;
  snapshots: Pick<SnapshotStore, 'get' | 'put'>;
  writer: Pick<DecisionWriter, 'write' | 'idle'>;
  settings: CacheSettings;
  metrics: Metrics;
  clock: Clock;
  logger: Log;
  random: () => number;
  alarm: (code: string, details: Record<string, unknown>) => void;
}

export interface Seen {
  watermark: number;
  headHash: string | null;
}

export interface ReadOptions {
  /** The answer must have folded this position. */
  minPosition?: number;
  /** The state at exactly this older position. */
  at?: number;
  deadlineAt: number;
}

/** What a command decided: events to append and the answer made of their positions, or an answer alone. */
export type CommandOutcome<T> =
  { events: NewEvent[]; answer: (reply: AppendReply) => T } | { events?: undefined; value: T };

const SELF_REPAIR_MS = 250;
const COMMAND_ROUNDS = 5;
const MAX_LOADS = 16;
const WORK_MS = 60_000;
const SNAPSHOT_AT_CLOSE = 100;

/**
 * The state of minds, kept by folding batches as they come. Law: for every split of a log into batches, duplicated and
 * reordered at will, the state equals the fold of the whole log. In steady state it reads nothing from the log.
 */
export class IncrementalCache<S extends object> {
  private readonly minds: LRUCache<string, Resident<S>>;
  private readonly loading = new Map<string, Promise<Resident<S>>>();
  private readonly rulesByKind = new Map<string, Rule<S>[]>();
  private readonly effectsByKind = new Map<string, Effect<S>[]>();
  private readonly catchingUp = new Map<string, Promise<void>>();
  /** Minds whose stored snapshot was proved wrong: folded from position 1 the next time. */
  private readonly distrusted = new Set<string>();
  private loads = 0;
  private readonly loadQueue: (() => void)[] = [];
  private closing = false;

  constructor(private readonly options: CacheOptions<S>) {
    this.minds = new LRUCache({ max: options.settings.residentMinds, dispose: (resident) => wake(resident) });
    for (const rule of options.rules) for (const kind of rule.kinds) push(this.rulesByKind, kind, rule);
    for (const effect of options.effects ?? [])
      for (const kind of effect.kinds) push(this.effectsByKind, kind, effect);
  }

  /** The version of the fold whose states these are. */
  get foldVersion(): number {
    return this.options.fold.version;
  }

  /** Folds a batch and decides on its events. Calls for one mind must not overlap. */
  async onBatch(batch: Batch): Promise<void> {
    const { metrics, clock } = this.options;
    const resident = this.minds.get(batch.mind) ?? (await this.loadFor(batch));
    if (!resident || resident.broken) {
      metrics.batches.inc({ result: resident ? 'broken' : 'not_resident' });
      return;
    }
    const started = performance.now();
    const result = await this.take(resident, batch);
    metrics.batches.inc({ result });
    metrics.foldSeconds.observe((performance.now() - started) / 1000);
    const last = batch.events.at(-1);
    if (last && result === 'folded')
      metrics.lagSeconds.observe(Math.max(0, clock.now() - Date.parse(last.at)) / 1000);
    metrics.resident.set(this.minds.size);
  }

  /**
   * A view of a mind's state with its watermark and digest. `view` runs at once and must not keep the state.
   * @throws AppError `unknown_mind`, `timeout`, `invalid_request` (a position beyond the head), `unavailable`.
   */
  async read<T extends object>(
    mind: string,
    options: ReadOptions,
    view: (state: S, seen: Seen) => T,
  ): Promise<T & Folded> {
    const { at } = options;
    if (at !== undefined) {
      const resident = await this.upTo(mind, at, options.deadlineAt);
      return at === resident.watermark
        ? this.view(resident, view)
        : this.viewAt(mind, at, options.deadlineAt, view);
    }
    return this.view(await this.upTo(mind, options.minPosition ?? 0, options.deadlineAt), view);
  }

  /**
   * Decides on the folded state and appends with `expectedPosition` = its watermark. When the log has moved on, waits
   * for it and decides again, up to 5 times. @throws AppError `busy` after that, and what `decide` and event-log throw.
   */
  async command<T>(
    mind: string,
    deadlineAt: number,
    decide: (state: S, seen: Seen) => CommandOutcome<T>,
  ): Promise<T> {
    let minPosition = 0;
    for (let round = 0; round < COMMAND_ROUNDS; round++) {
      const resident = await this.upTo(mind, minPosition, deadlineAt);
      const { watermark } = resident;
      const outcome = decide(resident.state, { watermark, headHash: resident.headHash });
      if (!outcome.events) return outcome.value;
      try {
        const request = { mind, events: outcome.events, expectedPosition: watermark };
        return outcome.answer(await this.options.log.append(request, { deadlineAt }));
      } catch (error) {
        if (!(error instanceof AppError) || error.code !== 'version_conflict') throw error;
        minPosition = error.head?.position ?? watermark + 1;
      }
    }
    throw new AppError('busy', `mind ${mind} changes too fast; try again`);
  }

  /** The minds held now, with their watermarks: what is compared with the log's heads. */
  *residents(): Generator<{ mind: string; watermark: number; headHash: string | null }> {
    for (const resident of this.minds.values()) yield resident;
  }

  /** Brings a mind that fell behind unnoticed up to a head. */
  async catchUp(mind: string, head: { position: number; hash: string }): Promise<void> {
    const resident = this.minds.peek(mind);
    if (!resident || resident.broken) return;
    if (resident.watermark === head.position && resident.headHash !== head.hash) {
      this.mismatch(resident, `another hash at position ${head.position}`);
    } else if (resident.watermark < head.position) {
      await this.repair(resident, head.position, this.options.clock.now() + WORK_MS);
    }
  }

  /** Lets go of minds that now belong to another member, after storing what is worth it. */
  async release(isOurs: (mind: string) => boolean): Promise<void> {
    const leaving = [...this.minds.values()].filter((resident) => !isOurs(resident.mind));
    await this.storeAll(leaving);
    for (const { mind } of leaving) if (!isOurs(mind)) this.minds.delete(mind);
  }

  /** Waits for appends under way and stores snapshots of minds with 100 new events or more. */
  async close(): Promise<void> {
    this.closing = true;
    await this.options.writer.idle();
    await this.storeAll([...this.minds.values()]);
  }

  private async storeAll(residents: Resident<S>[]): Promise<void> {
    for (const resident of residents) {
      if (!resident.broken && resident.watermark - resident.snapshotAt >= SNAPSHOT_AT_CLOSE)
        await this.store(resident);
    }
  }

  // --- batches

  private async take(resident: Resident<S>, batch: Batch): Promise<string> {
    if (batch.to < resident.watermark) return 'old';
    if (batch.to === resident.watermark) {
      if (batch.headHash === resident.headHash) return 'known';
      this.mismatch(resident, `a batch ends at ${batch.to} with another hash`);
      return 'mismatch';
    }
    const gap = batch.from > resident.watermark + 1;
    if (gap) await this.repair(resident, batch.from - 1, this.options.clock.now() + WORK_MS);
    if (resident.watermark < batch.from - 1 || resident.broken) return 'unrepaired';
    const fresh = batch.events.filter((event) => event.position > resident.watermark);
    const folded = this.foldInto(resident, fresh, { path: 'batch', liveAfter: batch.importedTo ?? 0 });
    return folded ? (gap ? 'repaired' : 'folded') : 'mismatch';
  }

  /** A mind that is not resident is loaded only when the batch holds something that a rule wants to see. */
  private async loadFor(batch: Batch): Promise<Resident<S> | null> {
    const running = this.loading.get(batch.mind);
    if (running) return running;
    const wanted = batch.events.some(
      (event) =>
        event.position > (batch.importedTo ?? 0) &&
        (this.rulesByKind.has(event.kind) || this.effectsByKind.has(event.kind)),
    );
    return wanted ? this.load(batch.mind, this.options.clock.now() + WORK_MS, batch.from - 1) : null;
  }

  /** Folds events in order and decides on those that are live. False when they do not continue the chain. */
  private foldInto(
    resident: Resident<S>,
    events: readonly MindEvent[],
    { path, liveAfter }: { path: 'batch' | 'repair' | 'load'; liveAfter: number },
  ): boolean {
    for (const event of events) {
      const fault = chainFault(event, resident);
      if (fault) {
        this.mismatch(resident, fault);
        return false;
      }
      if (!this.evolve(resident, event)) return true;
      if (path === 'batch' && event.position > liveAfter) this.decideOn(resident, event);
    }
    this.options.metrics.folded.inc({ path }, events.length);
    wake(resident);
    this.snapshotWhenDue(resident);
    return true;
  }

  private evolve(resident: Resident<S>, event: MindEvent): boolean {
    const { fold } = this.options;
    try {
      resident.state = fold.evolve(resident.state, upcast(event));
    } catch (error) {
      resident.broken = { position: event.position, error };
      this.raise('fold_failed', { mind: resident.mind, position: event.position, error: String(error) });
      wake(resident);
      return false;
    }
    for (const section of fold.touchedBy(event.kind)) resident.sectionDigests.delete(section);
    resident.digest = null;
    resident.watermark = event.position;
    resident.headHash = event.hash;
    for (const [rule, pending] of resident.pending) {
      pending.ids.delete(event.id);
      if (pending.ids.size === 0 || event.position >= (pending.until ?? Infinity))
        resident.pending.delete(rule);
    }
    return true;
  }

  private decideOn(resident: Resident<S>, event: MindEvent): void {
    for (const rule of this.rulesByKind.get(event.kind) ?? []) {
      if (resident.pending.has(rule.name)) continue;
      for (const decision of rule.decide(resident.state, event)) {
        const events = decided(resident.mind, this.options.service, rule.name, decision);
        if (events.length > 0) this.append(resident, rule.name, events);
      }
    }
    for (const effect of this.effectsByKind.get(event.kind) ?? [])
      effect.react(resident.mind, resident.state, event);
  }

  private append(resident: Resident<S>, rule: string, events: NewEvent[]): void {
    const pending = resident.pending.get(rule) ?? { ids: new Set<string>() };
    for (const { id } of events) pending.ids.add(id);
    resident.pending.set(rule, pending);
    const settle = (until: number | null) => {
      if (until === null || until <= resident.watermark) for (const { id } of events) pending.ids.delete(id);
      else pending.until = Math.max(until, pending.until ?? 0);
      if (pending.ids.size === 0 && resident.pending.get(rule) === pending) resident.pending.delete(rule);
    };
    this.options.writer.write(resident.mind, rule, events).then(
      (result) => settle(result.done ? result.until : null),
      (error: unknown) => {
        this.options.logger.error(`mind ${resident.mind}: ${rule} failed`, error);
        settle(null);
      },
    );
  }

  // --- repair, load, rebuild

  private async repair(resident: Resident<S>, to: number, deadlineAt: number): Promise<void> {
    const running = this.catchingUp.get(resident.mind);
    if (running) await running;
    if (resident.watermark >= to) return;
    this.options.metrics.repairs.inc();
    const work = this.readInto(resident, to, { path: 'repair', deadlineAt }).finally(() =>
      this.catchingUp.delete(resident.mind),
    );
    this.catchingUp.set(resident.mind, work.then(ignore, ignore));
    await work;
  }

  /** Reads and folds up to `to`, or to the head. What a batch folded meanwhile is skipped. */
  private async readInto(
    resident: Resident<S>,
    to: number | undefined,
    { path, deadlineAt }: { path: 'repair' | 'load'; deadlineAt: number },
  ): Promise<void> {
    const purpose = path === 'repair' ? 'repair' : 'warmup';
    const range = { mind: resident.mind, after: resident.watermark, to, purpose, deadlineAt } as const;
    for await (const page of readRange(this.options.log, range)) {
      const fresh = page.events.filter((event) => event.position > resident.watermark);
      if (!this.foldInto(resident, fresh, { path, liveAfter: Infinity }) || resident.broken) return;
    }
  }

  private load(mind: string, deadlineAt: number, to?: number): Promise<Resident<S>> {
    const running = this.loading.get(mind);
    if (running) return running;
    const work = this.loadSlot(() => this.loadNow(mind, deadlineAt, to)).finally(() =>
      this.loading.delete(mind),
    );
    this.loading.set(mind, work);
    return work;
  }

  private async loadSlot<T>(work: () => Promise<T>): Promise<T> {
    if (this.loads >= MAX_LOADS) await new Promise<void>((resolve) => this.loadQueue.push(resolve));
    this.loads += 1;
    try {
      return await work();
    } finally {
      this.loads -= 1;
      this.loadQueue.shift()?.();
    }
  }

  private async loadNow(mind: string, deadlineAt: number, to?: number): Promise<Resident<S>> {
    const snapshot = this.distrusted.delete(mind) ? null : await this.options.snapshots.get(mind);
    const resident = (await this.fromSnapshot(mind, snapshot, { to, deadlineAt })) ?? this.blank(mind);
    this.options.metrics.loads.inc({ from: resident.watermark > 0 ? 'snapshot' : 'start' });
    await this.readInto(resident, to, { path: 'load', deadlineAt });
    this.minds.set(mind, resident);
    return resident;
  }

  private blank(mind: string): Resident<S> {
    return newResident(mind, this.options.fold.initialState());
  }

  /** A snapshot counts only if fold version and digest agree, and the log has its hash at its watermark. */
  private async fromSnapshot(
    mind: string,
    snapshot: Snapshot | null,
    { to = Infinity, deadlineAt }: { to?: number; deadlineAt: number },
  ): Promise<Resident<S> | null> {
    const { fold, log, metrics } = this.options;
    if (
      !snapshot ||
      snapshot.mind !== mind ||
      snapshot.foldVersion !== fold.version ||
      snapshot.watermark > to
    )
      return null;
    const state = decodeState<S>(snapshot.state);
    const { events } = await log.read(
      { mind, after: snapshot.watermark - 1, limit: 1, purpose: 'warmup' },
      { deadlineAt },
    );
    if (events[0]?.hash !== snapshot.headHash || digestOf(fold, state) !== snapshot.digest) {
      metrics.snapshots.inc({ result: 'distrusted' });
      return null;
    }
    const { watermark, headHash } = snapshot;
    return { ...newResident(mind, state), watermark, headHash, snapshotAt: watermark };
  }

  private mismatch(resident: Resident<S>, reason: string): void {
    this.raise('cache_mismatch', { mind: resident.mind, watermark: resident.watermark, reason });
    this.options.metrics.rebuilds.inc();
    this.minds.delete(resident.mind);
    wake(resident);
  }

  private raise(code: string, details: Record<string, unknown>): void {
    this.options.metrics.alarms.inc({ code });
    this.options.logger.error(`alarm ${code}: ${JSON.stringify(details)}`);
    this.options.alarm(code, details);
  }

  // --- reading

  /** The mind, folded to `position` or further. Waits for the feed first and repairs by itself after 250 ms. */
  private async upTo(mind: string, position: number, deadlineAt: number): Promise<Resident<S>> {
    let resident = this.minds.get(mind) ?? (await this.load(mind, deadlineAt));
    const repairAt = this.options.clock.now() + SELF_REPAIR_MS;
    while (resident.watermark < position) {
      const now = this.options.clock.now();
      if (now >= deadlineAt) throw new AppError('timeout', `position ${position} is not folded yet`);
      if (now >= repairAt) await this.repairTowards(resident, position, deadlineAt);
      else await this.wait(resident, Math.min(repairAt, deadlineAt) - now);
      resident = this.minds.get(mind) ?? (await this.load(mind, deadlineAt));
      if (resident.broken) break;
    }
    if (resident.broken) {
      throw new AppError('unavailable', `the fold of ${mind} failed at position ${resident.broken.position}`);
    }
    return resident;
  }

  private async repairTowards(resident: Resident<S>, position: number, deadlineAt: number): Promise<void> {
    const request = { mind: resident.mind, after: resident.watermark, limit: 0, purpose: 'repair' } as const;
    const { head } = await this.options.log.read(request, { deadlineAt });
    if (head.position < position) {
      throw new AppError('invalid_request', `position ${position} is beyond the head, ${head.position}`);
    }
    await this.repair(resident, position, deadlineAt);
  }

  private wait(resident: Resident<S>, ms: number): Promise<void> {
    return new Promise((resolve) => {
      const end = () => {
        clearTimeout(timer);
        resident.waiters.delete(end);
        resolve();
      };
      const timer = setTimeout(end, Math.max(1, ms));
      resident.waiters.add(end);
    });
  }

  private view<T extends object>(resident: Resident<S>, view: (state: S, seen: Seen) => T): T & Folded {
    const { watermark, headHash } = resident;
    return { ...view(resident.state, { watermark, headHash }), watermark, digest: this.digest(resident) };
  }

  private digest(resident: Resident<S>): string {
    if (resident.digest) return resident.digest;
    const digests: Record<string, string> = {};
    for (const name of this.options.fold.sectionNames) {
      const digest = resident.sectionDigests.get(name) ?? sectionDigest(resident.state[name]);
      resident.sectionDigests.set(name, digest);
      digests[name] = digest;
    }
    resident.digest = combineDigests(digests);
    return resident.digest;
  }

  /** State at an older position: the snapshot when it is old enough, and the rest read; never the live cache. */
  private async viewAt<T extends object>(
    mind: string,
    at: number,
    deadlineAt: number,
    view: (state: S, seen: Seen) => T,
  ): Promise<T & Folded> {
    const past = await this.loadSlot(async () => {
      const snapshot = await this.options.snapshots.get(mind);
      const start = (await this.fromSnapshot(mind, snapshot, { to: at, deadlineAt })) ?? this.blank(mind);
      if (at > 0) await this.foldPast(start, at, deadlineAt);
      return start;
    });
    return this.view(past, view);
  }

  private async foldPast(past: Resident<S>, to: number, deadlineAt: number): Promise<void> {
    const range = { mind: past.mind, after: past.watermark, to, purpose: 'query', deadlineAt } as const;
    if (past.watermark >= to) return;
    for await (const page of readRange(this.options.log, range)) {
      for (const event of page.events) if (!this.evolve(past, event)) return;
    }
  }

  // --- snapshots

  private snapshotWhenDue(resident: Resident<S>): void {
    if (this.closing || resident.broken) return;
    if (resident.watermark - resident.snapshotAt < this.options.settings.snapshotEvery) return;
    this.store(resident).catch((error) =>
      this.options.logger.error(`snapshot of ${resident.mind} failed`, error),
    );
  }

  private async store(resident: Resident<S>): Promise<void> {
    const before = resident.snapshotAt;
    const { watermark, headHash, mind } = resident;
    if (!headHash) return;
    resident.snapshotAt = watermark;
    const state = encodeState(resident.state);
    const snapshot = {
      mind,
      foldVersion: this.options.fold.version,
      watermark,
      headHash,
      digest: this.digest(resident),
      state,
    };
    const { verifySample } = this.options.settings;
    if (before > 0 && this.options.random() < verifySample && !(await this.prove(snapshot, before))) return;
    await this.options.snapshots.put(snapshot);
  }

  /** Folds the events since the stored snapshot onto that one; another digest is an alarm, a rebuild, and false. */
  private async prove(snapshot: Snapshot, before: number): Promise<boolean> {
    const deadlineAt = this.options.clock.now() + WORK_MS;
    const stored = await this.options.snapshots.get(snapshot.mind);
    if (stored?.watermark !== before || stored.foldVersion !== snapshot.foldVersion) return true;
    const copy = {
      ...newResident(snapshot.mind, decodeState<S>(stored.state)),
      watermark: before,
      headHash: stored.headHash,
    };
    const range = {
      mind: snapshot.mind,
      after: before,
      to: snapshot.watermark,
      purpose: 'verify',
      deadlineAt,
    } as const;
    for await (const page of readRange(this.options.log, range)) {
      for (const event of page.events) if (!this.evolve(copy, event)) return false;
    }
    const proved = this.digest(copy) === snapshot.digest;
    this.options.metrics.snapshots.inc({ result: proved ? 'proved' : 'disproved' });
    const resident = this.minds.peek(snapshot.mind);
    if (!proved) this.distrusted.add(snapshot.mind);
    if (!proved && resident) this.mismatch(resident, `snapshot at ${snapshot.watermark}`);
    return proved;
  }
}

const ignore = () => undefined;

function wake<S>(resident: Resident<S>): void {
  for (const waiter of [...resident.waiters]) waiter();
}

function push<K, V>(map: Map<K, V[]>, key: K, value: V): void {
  const list = map.get(key);
  if (list) list.push(value);
  else map.set(key, [value]);
}
