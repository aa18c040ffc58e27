import type { MindEvent, TickReply } from '#libs/contracts';
import { AppError, type Clock } from '#libs/kernel';
import { Slots, type Log } from '#libs/messaging';
import { filled, newMindClock, nextTick, observe, ticked, type MindClock } from '../core/mind-clock';
import type { ClockLoader, LatestEvents } from './clock-loader';
import { KnownMinds } from './known-minds';
import { TickAnswers } from './tick-answers';
import type { Ticked, TickAppender, TickReason } from './tick-appender';

interface Entry {
  clock: MindClock;
  importedTo: number;
  /** Whether the requests that the log has answered lately are known. */
  told: boolean;
  telling?: Promise<void>;
  timer?: NodeJS.Timeout;
  /** A tick under way. Null when another coordinator ticked. */
  running?: Promise<Ticked | null>;
  /** The tick after that one, for all who asked meanwhile: what is under way may have been stored before they did. */
  next?: Promise<Ticked | null>;
  /** Another member's now, or not known any more: its timer is never set again. */
  dropped?: boolean;
}

export interface TickerParts {
  loader: Pick<ClockLoader, 'load' | 'ticks'>;
  appender: Pick<TickAppender, 'append'>;
  clock: Clock;
  logger: Log;
  owns: (mind: string) => boolean;
}

/** By the clock, when many fall due together; event-log has others' requests to answer too. */
const TICKS_AT_ONCE = 256;
const WAITING = 100_000;
const MAX_TIMER_MS = 2 ** 31 - 1;
const RETRY_MS = 2_000;
/** How often somebody who waits for a tick may find its number taken, or a tick under way that is not for him. */
const MAX_ROUNDS = 20;

/** Ticks minds: on time, on request, and ever more slowly those in which nothing happens. */
export class Ticker {
  private readonly minds: KnownMinds<Entry>;
  private readonly clockTicks = new Slots(TICKS_AT_ONCE, WAITING);
  private readonly answers: TickAnswers;

  constructor(private readonly parts: TickerParts) {
    this.answers = new TickAnswers(parts.clock);
    this.minds = new KnownMinds({
      ...{ owns: parts.owns, logger: parts.logger, drop },
      read: (mind, first) => this.read(mind, first),
      again: (mind) => void this.wake(mind),
    });
  }

  /** Takes in events that were broadcast. */
  observe(mind: string, events: readonly MindEvent[]): void {
    const first = events[0];
    if (!first) return;
    // When its turn comes the log tells of these events as well: they need not be held until then.
    if (this.minds.mustWait(mind)) return void (this.minds.isWaiting(mind) || this.wake(mind));
    void this.withEntry(mind, first.position === 1 ? events : undefined, (entry) => {
      // What lies before was imported, and is not shown here.
      if (entry.clock.isEmpty && first.position > 1) return this.readAgain(mind);
      this.takeIn(mind, entry, events);
      this.schedule(mind, entry);
    });
  }

  /** Makes a mind known that may tick by the clock though nothing new happens in it. */
  wake(mind: string): Promise<void> {
    return this.withEntry(mind, undefined, (entry) => this.schedule(mind, entry));
  }

  /**
   * Ticks at once, or after the tick that is under way, together with all who ask meanwhile. A request that comes again, by
   * its key, gets its first answer.
   * @throws AppError of event-log.
   */
  async request(mind: string, key?: string): Promise<TickReply> {
    const known = this.answers.of(mind, key);
    if (known) return known;
    const why: TickReason = key === undefined ? { reason: 'requested' } : { reason: 'requested', key };
    const reply = await this.tickNow(mind, why);
    this.answers.remember(mind, key, reply);
    return reply;
  }

  knows(mind: string): boolean {
    return this.minds.has(mind);
  }

  /** Drops the minds that are another member's now. */
  release(): void {
    this.minds.release();
  }

  stop(): void {
    this.minds.stop();
  }

  private async tickNow(mind: string, why: TickReason): Promise<TickReply> {
    const entry = await this.minds.now(mind);
    if (why.key !== undefined) await this.tell(mind, entry);
    for (let round = 0; round < MAX_ROUNDS; round++) {
      const known = this.answers.of(mind, why.key);
      if (known) return known;
      const isShared = entry.next !== undefined;
      const result = await (entry.next ??= this.tickNext(mind, entry, why));
      // A request that came again is answered by a tick of long ago, which is nobody else's.
      if (result && (result.isFresh || !isShared)) return result.reply;
      if (!isShared) break;
    }
    throw new AppError('busy', `mind ${mind} is ticked by others; try again`);
  }

  private async withEntry(
    mind: string,
    first: readonly MindEvent[] | undefined,
    work: (entry: Entry) => void,
  ): Promise<void> {
    let entry: Entry | null;
    try {
      entry = await this.minds.inTurn(mind, first);
    } catch (error) {
      return this.minds.failed(mind, error);
    }
    if (entry && !entry.dropped) work(entry);
  }

  /** Whoever gets the entry knows the first events of a new mind, which may hold ticks that others wrote. */
  private async read(mind: string, first?: readonly MindEvent[]): Promise<Entry> {
    const latest = await this.parts.loader.load(mind, first !== undefined);
    const { intervalMs, isEmpty, importedTo } = latest;
    const entry = { clock: newMindClock(intervalMs), importedTo, told: first !== undefined || isEmpty };
    this.takeLatest(mind, entry, latest);
    if (first) this.takeIn(mind, entry, first);
    return entry;
  }

  private takeLatest(mind: string, entry: Entry, { isEmpty, importedTo, events }: LatestEvents): void {
    entry.importedTo = importedTo;
    if (!isEmpty) entry.clock = filled(entry.clock);
    this.takeIn(mind, entry, events);
  }

  private takeIn(mind: string, entry: Entry, events: readonly MindEvent[]): void {
    entry.clock = events.reduce(observe, entry.clock);
    this.answers.learn(mind, events, entry.importedTo);
  }

  /** Learns once from the log which requests it has answered lately: from other members, and before a restart. */
  private async tell(mind: string, entry: Entry): Promise<void> {
    if (entry.told) return;
    const read = async () => {
      this.answers.learn(mind, await this.parts.loader.ticks(mind), entry.importedTo);
      entry.told = true;
    };
    entry.telling ??= read().finally(() => delete entry.telling);
    await entry.telling;
  }

  private schedule(mind: string, entry: Entry): void {
    clearTimeout(entry.timer);
    const next = nextTick(entry.clock);
    if (!next || entry.dropped) return;
    const inMs = Math.max(0, next.at - this.parts.clock.now());
    this.setTimer(entry, Math.min(inMs, MAX_TIMER_MS), () => this.onTimer(mind, entry));
  }

  private setTimer(entry: Entry, ms: number, then: () => void): void {
    entry.timer = setTimeout(then, ms).unref();
  }

  private onTimer(mind: string, entry: Entry): void {
    const ticked = this.clockTicks.run(() => this.tickByClock(mind, entry));
    ticked.then(
      (isKnown) => (isKnown ? this.schedule(mind, entry) : this.readAgain(mind)),
      (error: unknown) => this.retryLater(mind, entry, error),
    );
  }

  /** Ticks if it is still time for it. False when the log knows more than we do. */
  private async tickByClock(mind: string, entry: Entry): Promise<boolean> {
    const next = nextTick(entry.clock);
    if (entry.dropped || !next || next.at > this.parts.clock.now() + 1) return true;
    return (await this.tick(mind, entry, { reason: next.reason })) !== null;
  }

  /** The log knows more than we do: of another coordinator's ticks, or of an import. It says when it is time again. */
  private readAgain(mind: string): void {
    this.minds.forget(mind);
    void this.withEntry(mind, undefined, (entry) => {
      this.schedule(mind, entry);
      // Whoever answered did not know of it yet.
      if (entry.clock.isEmpty) this.minds.forgetForNow(mind);
    });
  }

  private retryLater(mind: string, entry: Entry, error: unknown): void {
    if (!(error instanceof AppError)) throw error;
    this.parts.logger.warn(`mind ${mind} did not tick: ${error.message}`);
    // Archived: or taken out again, and woken, while this answer was on its way.
    if (error.code === 'forbidden') this.minds.forgetForNow(mind);
    else if (!error.retryable) this.minds.forget(mind);
    else if (!entry.dropped) this.setTimer(entry, RETRY_MS, () => this.schedule(mind, entry));
  }

  private async tickNext(mind: string, entry: Entry, why: TickReason): Promise<Ticked | null> {
    // Whoever began that one hears of its failure. The first wait lets those share who ask in the same moment.
    await entry.running?.catch(() => null);
    delete entry.next;
    // It may have been this very request's.
    const known = this.answers.of(mind, why.key);
    return known ? { reply: known, isFresh: false } : this.tick(mind, entry, why);
  }

  private tick(mind: string, entry: Entry, why: TickReason): Promise<Ticked | null> {
    entry.running ??= this.append(mind, entry, why).finally(() => (entry.running = undefined));
    return entry.running;
  }

  /**
   * When its number is taken, by another coordinator or by an import, the log says which one is next, and whether this very
   * request was seen to. A tick by the clock is not needed any more then: null. Null also after 20 rounds.
   */
  private async append(mind: string, entry: Entry, why: TickReason): Promise<Ticked | null> {
    const { loader, appender, clock } = this.parts;
    for (let round = 0; round < MAX_ROUNDS; round++) {
      const tick = entry.clock.tick + 1;
      const expected = entry.clock.isEmpty ? { expectedPosition: 0 } : {};
      const result = await appender.append(mind, { tick, ...why, ...expected });
      if (result) {
        entry.clock = ticked(entry.clock, tick, clock.now());
        // Before anybody who shares this hears of it: he may be the same request.
        this.answers.remember(mind, why.key, result.reply);
        return result;
      }
      if (why.reason !== 'requested') return null;
      this.takeLatest(mind, entry, await loader.load(mind, false));
      if (why.key === undefined) continue;
      entry.told = false;
      await this.tell(mind, entry);
      const known = this.answers.of(mind, why.key);
      if (known) return { reply: known, isFresh: false };
    }
    return null;
  }
}

function drop(entry: Entry): void {
  entry.dropped = true;
  clearTimeout(entry.timer);
}
