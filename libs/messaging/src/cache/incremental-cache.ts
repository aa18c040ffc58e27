import type { Batch, Folded } from '#libs/contracts';
import { AppError } from '#libs/kernel';
import { within } from '../within';
import type { CacheOptions, CommandOutcome, Effect, ReadOptions, Seen } from './cache-options';
import { buildCache, type CacheParts } from './cache-parts';
import { changed, digestOfResident, usable, type Resident } from './resident';

const SELF_REPAIR_MS = 250;
const COMMAND_ROUNDS = 5;

/**
 * The state of minds, kept by folding batches as they come. Law: for every split of a log into batches, duplicated and
 * reordered at will, the state equals the fold of the whole log. In steady state it reads nothing from the log.
 */
export class IncrementalCache<S extends object> {
  private readonly parts: CacheParts<S>;

  constructor(private readonly options: CacheOptions<S>) {
    this.parts = buildCache(options);
  }

  /** The version of the fold whose states these are. */
  get foldVersion(): number {
    return this.options.fold.version;
  }

  /** From now on, live events of its kinds are shown to `effect`, right after the rules. */
  addEffect(effect: Effect<S>): void {
    this.parts.decider.addEffect(effect);
  }

  /** Folds a batch and decides on its events. Calls for one mind must not overlap. @throws AppError of event-log. */
  async onBatch(batch: Batch): Promise<void> {
    const { metrics, clock } = this.options;
    const resident = this.parts.minds.get(batch.mind) ?? (await this.parts.feed.loadFor(batch));
    const started = performance.now();
    const result = resident ? await this.parts.feed.take(resident, batch) : 'not_resident';
    metrics.batches.inc({ result });
    metrics.foldSeconds.observe((performance.now() - started) / 1000);
    const last = batch.events.at(-1);
    if (last && result === 'folded' && last.position > (batch.importedTo ?? 0))
      metrics.lagSeconds.observe(Math.max(0, clock.now() - Date.parse(last.at)) / 1000);
    metrics.resident.set(this.parts.minds.size);
  }

  /**
   * A view of a mind's state with its watermark and digest. `view` runs at once and must not keep the state.
   * @throws AppError `unknown_mind`, `timeout`, `invalid_request` (a position beyond the head), `unavailable`.
   */
  async read<T extends object>(
    mind: string,
    { at, minPosition = 0, deadlineAt }: ReadOptions,
    view: (state: S, seen: Seen) => T,
  ): Promise<T & Folded> {
    const resident =
      at === undefined
        ? await this.upTo(mind, minPosition, deadlineAt)
        : await this.exactlyAt(mind, at, deadlineAt);
    const { state, watermark, headHash } = usable(resident);
    const digest = digestOfResident(this.options.fold, resident);
    return { ...view(state, { watermark, headHash }), watermark, digest };
  }

  /**
   * Decides on the folded state and appends with `expectedPosition` = its watermark. When the log has moved on, waits
   * for it and decides again, up to 5 times. An answer that writes nothing, a refusal above all, is held against the
   * log's head too: the feed may not have brought yet what its caller was acknowledged a moment ago.
   * @throws AppError `busy` after that, and what `decide` and event-log throw.
   */
  async command<T>(
    mind: string,
    deadlineAt: number,
    decide: (state: S, seen: Seen) => CommandOutcome<T>,
  ): Promise<T> {
    let minPosition = 0;
    for (let round = 0; round < COMMAND_ROUNDS; round++) {
      const { state, watermark, headHash } = usable(await this.upTo(mind, minPosition, deadlineAt));
      const outcome = verdictOf(() => decide(state, { watermark, headHash }));
      if (!outcome.events) {
        const head = await this.headOf(mind, watermark, deadlineAt);
        if (head <= watermark) return outcome.value();
        minPosition = head;
        continue;
      }
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
    for (const resident of this.parts.minds.values()) yield resident;
  }

  /** Brings a mind that fell behind unnoticed up to a head. @throws AppError of event-log. */
  async catchUp(mind: string, head: { position: number; hash: string }): Promise<void> {
    const resident = this.parts.minds.peek(mind);
    if (!resident || resident.broken) return;
    if (resident.watermark === head.position && resident.headHash !== head.hash) {
      this.parts.folder.mismatch(resident, `another hash at position ${head.position}`);
    } else if (resident.watermark < head.position) {
      await this.parts.repairs.upTo(resident, head.position);
    }
  }

  /** Lets go of minds that now belong to another member, after storing what is worth it. */
  async release(isOurs: (mind: string) => boolean): Promise<void> {
    const leaving = [...this.parts.minds.values()].filter(({ mind }) => !isOurs(mind));
    await this.parts.snapshots.storeAll(leaving);
    this.forget((mind) => !isOurs(mind));
  }

  /** Drops minds that may have changed while nobody here was listening. */
  forget(isStale: (mind: string) => boolean): void {
    for (const mind of [...this.parts.minds.keys()]) if (isStale(mind)) this.parts.minds.delete(mind);
  }

  /**
   * Folds minds of which only snapshots of another fold version are stored, and stores ours beside those. Resolves when that
   * is done with `isFirst`, `isAwaited` has become false, or 30 s have passed; the rest is done meanwhile, few at once.
   */
  prepare(isFirst: (mind: string) => boolean, isAwaited: () => boolean): Promise<void> {
    return this.parts.preparation.run(isFirst, isAwaited);
  }

  /** Waits a little for appends under way and stores snapshots of minds with 100 new events or more. */
  async close(): Promise<void> {
    await Promise.all([this.options.writer.idle(), this.parts.preparation.stop()]);
    await this.parts.snapshots.storeAll([...this.parts.minds.values()]);
  }

  /** The mind, folded to `position` or further. Waits for the feed first and repairs by itself after 250 ms. */
  private async upTo(mind: string, position: number, deadlineAt: number): Promise<Resident<S>> {
    const { clock } = this.options;
    const repairAt = clock.now() + SELF_REPAIR_MS;
    for (;;) {
      const resident =
        this.parts.minds.get(mind) ?? (await this.waitFor(this.parts.loader.load(mind), deadlineAt));
      if (usable(resident).watermark >= position) return resident;
      const now = clock.now();
      if (now >= deadlineAt) throw new AppError('timeout', `position ${position} is not folded yet`);
      if (now < repairAt) await changed(resident, Math.min(repairAt, deadlineAt) - now);
      else await this.waitFor(this.repairTowards(resident, position, deadlineAt), deadlineAt);
    }
  }

  /** The mind as it was at `position`, also when what comes after that can't be folded. */
  private async exactlyAt(mind: string, position: number, deadlineAt: number): Promise<Resident<S>> {
    try {
      const resident = await this.upTo(mind, position, deadlineAt);
      if (resident.watermark === position) return resident;
    } catch (error) {
      if (!(error instanceof AppError) || error.code !== 'unavailable') throw error;
      if (position >= (this.parts.minds.peek(mind)?.broken?.position ?? Infinity)) throw error;
    }
    return this.waitFor(this.parts.past.at(mind, position, deadlineAt), deadlineAt);
  }

  private async headOf(mind: string, after: number, deadlineAt: number): Promise<number> {
    const { head } = await this.options.log.read({ mind, after, limit: 0, purpose: 'query' }, { deadlineAt });
    return head.position;
  }

  /** Asks beyond that position, so that an event-log which knows of no such position looks again before it answers. */
  private async repairTowards(resident: Resident<S>, position: number, deadlineAt: number): Promise<void> {
    const request = { mind: resident.mind, after: position, limit: 0, purpose: 'repair' } as const;
    const { head } = await this.options.log.read(request, { deadlineAt });
    if (head.position < position) {
      throw new AppError('invalid_request', `position ${position} is beyond the head, ${head.position}`);
    }
    await this.parts.repairs.upTo(resident, position);
  }

  /** What is shared goes on for the others when one caller's time is up. */
  private waitFor<T>(work: Promise<T>, deadlineAt: number): Promise<T> {
    return within(work, deadlineAt - this.options.clock.now(), () => {
      throw new AppError('timeout', 'the mind could not be read in time');
    });
  }
}

type Verdict<T> = Exclude<CommandOutcome<T>, { value: T }> | { events?: undefined; value: () => T };

/** What was decided; what was refused is thrown only when `value` is asked for. */
function verdictOf<T>(decide: () => CommandOutcome<T>): Verdict<T> {
  try {
    const outcome = decide();
    return outcome.events ? outcome : { value: () => outcome.value };
  } catch (error) {
    const refuse = (): T => {
      throw error;
    };
    return { value: refuse };
  }
}
