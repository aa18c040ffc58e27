import type { MindEvent, TickReply } from '#libs/contracts';
import { AppError, draft, eventId, type Clock } from '#libs/kernel';
import type { Log } from '#libs/messaging';
import { newMindClock, nextTick, observe, type MindClock } from '../core/mind-clock';
import type { LogPort } from './ports';

type Reason = 'heartbeat' | 'requested' | 'due';

interface Entry {
  clock: MindClock;
  timer?: NodeJS.Timeout;
  /** A tick under way; requests that arrive meanwhile share it. */
  running?: Promise<TickReply>;
}

export interface TickerParts {
  log: LogPort;
  clock: Clock;
  logger: Log;
  defaultIntervalMs: number;
  onTick: (reason: Reason) => void;
}

const MAX_TIMER_MS = 2 ** 31 - 1;
const RETRY_MS = 2_000;
const MAX_ROUNDS = 20;
const RECENT = 50;
const DUE_LOOKBACK = 200;
const APPEND_MS = 5_000;

/** Ticks minds: on time, on request, and ever more slowly those in which nothing happens. */
export class Ticker {
  private readonly entries = new Map<string, Promise<Entry>>();

  constructor(private readonly parts: TickerParts) {}

  /** Takes in events that were broadcast. */
  observe(mind: string, events: readonly MindEvent[]): void {
    const first = events[0];
    if (!first) return;
    const entry = this.entryOf(mind, first.position === 1);
    entry.then(
      (found) => {
        for (const event of events) found.clock = observe(found.clock, event);
        this.schedule(mind, found);
      },
      (error: unknown) => this.forgetFailed(mind, error),
    );
  }

  /** Makes a mind known that may tick by the clock though nothing new happens in it. */
  async wake(mind: string): Promise<void> {
    try {
      const entry = await this.entryOf(mind, false);
      this.schedule(mind, entry);
    } catch (error) {
      this.forgetFailed(mind, error);
    }
  }

  /** Ticks at once, or shares the tick that is under way. @throws AppError of event-log. */
  async request(mind: string): Promise<TickReply> {
    try {
      return await this.tick(mind, await this.entryOf(mind, false), 'requested');
    } catch (error) {
      if (error instanceof AppError && error.code === 'unknown_mind') this.forget(mind);
      throw error;
    }
  }

  knows(mind: string): boolean {
    return this.entries.has(mind);
  }

  /** Drops the minds that are another member's now. */
  release(isOurs: (mind: string) => boolean): void {
    for (const mind of [...this.entries.keys()]) if (!isOurs(mind)) this.forget(mind);
  }

  stop(): void {
    this.release(() => false);
  }

  private forget(mind: string): void {
    const entry = this.entries.get(mind);
    this.entries.delete(mind);
    entry?.then(
      (found) => clearTimeout(found.timer),
      () => undefined,
    );
  }

  private forgetFailed(mind: string, error: unknown): void {
    this.entries.delete(mind);
    if (!(error instanceof AppError)) throw error;
    this.parts.logger.warn(`mind ${mind}: its clock can't be read now: ${error.message}`);
  }

  private entryOf(mind: string, isNew: boolean): Promise<Entry> {
    let entry = this.entries.get(mind);
    if (!entry) {
      entry = this.load(mind, isNew);
      this.entries.set(mind, entry);
    }
    return entry;
  }

  /** The last tick, what happened lately, and due times to come: three indexed reads, however long the log is. */
  private async load(mind: string, isNew: boolean): Promise<Entry> {
    const { log, defaultIntervalMs } = this.parts;
    const info = await log.mind(mind);
    let clock = newMindClock(info.tickIntervalMs ?? defaultIntervalMs);
    if (isNew || info.head.position === 0) return { clock };
    const latest = { mind, order: 'desc', purpose: 'warmup' } as const;
    const reads = await Promise.all([
      log.read({ ...latest, kinds: ['autonomy_tick'], limit: 1 }),
      log.read({ ...latest, limit: RECENT }),
      log.read({ ...latest, kinds: ['commitment_open'], limit: DUE_LOOKBACK }),
    ]);
    for (const { events } of reads) {
      for (const event of events)
        if (event.position > info.importedTo || isTick(event)) clock = observe(clock, event);
    }
    return { clock };
  }

  private schedule(mind: string, entry: Entry): void {
    clearTimeout(entry.timer);
    const next = nextTick(entry.clock);
    if (!next) return;
    const inMs = Math.max(0, next.at - this.parts.clock.now());
    entry.timer = setTimeout(() => this.onTimer(mind, entry, next.reason), Math.min(inMs, MAX_TIMER_MS));
    entry.timer.unref();
  }

  private onTimer(mind: string, entry: Entry, reason: 'heartbeat' | 'due'): void {
    const next = nextTick(entry.clock);
    if (!next || next.at > this.parts.clock.now() + 1) return this.schedule(mind, entry);
    this.tick(mind, entry, reason).then(
      () => this.schedule(mind, entry),
      (error: unknown) => this.retryLater(mind, entry, error),
    );
  }

  private retryLater(mind: string, entry: Entry, error: unknown): void {
    if (!(error instanceof AppError)) throw error;
    if (!error.retryable) return this.forget(mind);
    this.parts.logger.warn(`mind ${mind} did not tick: ${error.message}`);
    entry.timer = setTimeout(() => this.schedule(mind, entry), RETRY_MS);
    entry.timer.unref();
  }

  private tick(mind: string, entry: Entry, reason: Reason): Promise<TickReply> {
    entry.running ??= this.append(mind, entry, reason).finally(() => (entry.running = undefined));
    return entry.running;
  }

  /** `duplicate` and `id_conflict` mean that another coordinator ticked: the next number is taken. */
  private async append(mind: string, entry: Entry, reason: Reason): Promise<TickReply> {
    for (let round = 0; round < MAX_ROUNDS; round++) {
      const tick = entry.clock.tick + 1;
      const { reply, taken } = await this.appendTick(mind, tick, reason);
      entry.clock = { ...entry.clock, tick, lastTickAt: this.parts.clock.now() };
      if (reply && !taken) {
        this.parts.onTick(reason);
        return { tick, position: reply.to };
      }
      if (reply && reason !== 'requested') return { tick, position: reply.to };
    }
    throw new AppError('busy', `mind ${mind} is ticked by others; try again`);
  }

  private async appendTick(mind: string, tick: number, reason: Reason) {
    const event = { ...draft('autonomy_tick', { tick, reason }), id: eventId(mind, 'tick', tick) };
    try {
      const reply = await this.parts.log.append({ mind, events: [event] }, { timeoutMs: APPEND_MS });
      return { reply, taken: reply.duplicate };
    } catch (error) {
      if (error instanceof AppError && error.code === 'id_conflict') return { reply: null, taken: true };
      throw error;
    }
  }
}

const isTick = (event: MindEvent): boolean => event.kind === 'autonomy_tick';
