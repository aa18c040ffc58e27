import { AppError, type Clock, type Fold } from '#libs/kernel';
import type { Log } from '../link';
import type { Metrics } from '../metrics';
import type { Slots } from '../slots';
import { within } from '../within';
import type { SnapshotKeeper } from './snapshot-keeper';
import type { SnapshotStore } from './snapshot-store';
import { Limit, type StateReader } from './state-reader';

/** Joining waits so long. It must end well before a supervisor takes the start for a failed one. */
const AWAITED_MS = 30_000;
const AWAITED_AT_ONCE = 16;
/** Beside the feed of a member that serves. */
const BESIDE_AT_ONCE = 2;
const LOOK_MS = 50;
const PAGE_MS = 10_000;
const STOP_MS = 1_000;

export interface PreparationParts<S extends object> {
  fold: Fold<S>;
  store: Pick<SnapshotStore, 'behind' | 'dropOld'>;
  snapshots: SnapshotKeeper<S>;
  reader: StateReader<S>;
  slots: Slots;
  metrics: Metrics;
  clock: Clock;
  logger: Log;
}

type IsWanted = () => boolean;

/**
 * After a change of fold version: minds of which only snapshots of another version are stored are folded from the log, and
 * snapshots of our version stored beside those, while the members of the other version go on serving.
 */
export class Preparation<S extends object> {
  private stopped = false;
  private running: Promise<void> = Promise.resolve();

  constructor(private readonly parts: PreparationParts<S>) {}

  /** Resolves when those that come first are done or nobody waits for them any more; the rest goes on beside. */
  async run(isFirst: (mind: string) => boolean, isAwaited: IsWanted): Promise<void> {
    const { clock, store } = this.parts;
    const endsAt = clock.monotonicMs() + AWAITED_MS;
    const isWanted = () => isAwaited() && clock.monotonicMs() < endsAt && !this.stopped;
    const behind = store.behind();
    const begun = behind.then((minds) => this.begin(minds, isFirst, isWanted));
    this.running = this.finish(begun);
    const unwanted = async () => {
      while (isWanted()) await clock.sleep(LOOK_MS);
    };
    if (isWanted() && (await behind).some(isFirst)) await Promise.race([begun, unwanted()]);
  }

  /** What is under way ends with the events that it has at hand. */
  async stop(): Promise<void> {
    this.stopped = true;
    await within(this.running, STOP_MS, () => undefined);
  }

  /** @returns What is left to do beside. */
  private async begin(
    minds: string[],
    isFirst: (mind: string) => boolean,
    isWanted: IsWanted,
  ): Promise<string[]> {
    this.parts.metrics.toPrepare.set(minds.length);
    if (minds.length === 0) return [];
    const first = minds.filter(isFirst);
    this.say(`${minds.length} minds are to be folded anew, ${first.length} of them before shards are taken`);
    const left = await this.each(first, AWAITED_AT_ONCE, isWanted);
    return [...left, ...minds.filter((mind) => !isFirst(mind))];
  }

  private async finish(begun: Promise<string[]>): Promise<void> {
    const { store, logger } = this.parts;
    try {
      const left = await begun;
      if (left.length > 0) this.say(`${left.length} minds are folded anew beside the feed`);
      await this.each(left, BESIDE_AT_ONCE, () => !this.stopped);
      if (!this.stopped) await store.dropOld();
    } catch (error) {
      logger.error('the preparation for a fold version broke off', error);
    }
  }

  /** @returns Those that were not wanted any more before they were done. */
  private async each(minds: readonly string[], atOnce: number, isWanted: IsWanted): Promise<string[]> {
    const left: string[] = [];
    const queue = minds.values();
    const prepareSome = async () => {
      for (const mind of queue) if (!isWanted() || !(await this.one(mind, isWanted))) left.push(mind);
    };
    await Promise.all(Array.from({ length: atOnce }, prepareSome));
    return left;
  }

  /** True when no more is to be done for it. One that fails is folded when somebody needs it. */
  private async one(mind: string, isWanted: IsWanted): Promise<boolean> {
    const { slots, metrics, logger } = this.parts;
    try {
      const isStored = await slots.run(() => this.fold(mind, isWanted));
      if (!isWanted()) return false;
      metrics.prepared.inc({ result: isStored ? 'stored' : 'failed' });
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      metrics.prepared.inc({ result: 'failed' });
      logger.warn(`mind ${mind} could not be folded ahead: ${error.message}`);
    }
    metrics.toPrepare.dec();
    return true;
  }

  /** From a snapshot of ours, should there be one by now. When it is broken off, a snapshot of what it has come to is stored. */
  private async fold(mind: string, isWanted: IsWanted): Promise<boolean> {
    const { snapshots, reader } = this.parts;
    const limit = new Limit(Infinity, isWanted);
    const reading = { limit, purpose: 'warmup', path: 'load', wait: { timeoutMs: PAGE_MS } } as const;
    return snapshots.store(await reader.open(mind, await snapshots.newest(mind), reading));
  }

  private say(what: string): void {
    this.parts.logger.info(`fold version ${this.parts.fold.version}: ${what}`);
  }
}
