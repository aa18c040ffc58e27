import { LRUCache } from 'lru-cache';
import { BATCH_VERSION, type Appended, type Batch, type GatherReply, type MindEvent } from '#libs/contracts';
import { AppError, type Clock } from '#libs/kernel';
import type { Log } from '#libs/messaging';
import type { BroadcastPort, LogPort } from './ports';
import { soundEvents } from '../core/sound-events';
import { ShardProgress } from './shard-progress';

const MAX_RANGES = 1_000;
const FIRST_PAUSE_MS = 25;
const MAX_PAUSE_MS = 1_000;
const READ_MS = 3_000;
/** A mind with such an event is announced every 5 s; so often the alarm is raised again. */
const ALARM_MS = 60_000;
const ALARMED_MINDS = 1_000;

type Found = Omit<GatherReply['minds'][number], 'prevHash'>;

interface Reading {
  shard: number;
  progress: ShardProgress;
  ranges: { mind: string; after: number }[];
}

export interface BroadcasterParts {
  log: Pick<LogPort, 'gather' | 'read'>;
  out: BroadcastPort;
  clock: Clock;
  logger: Log;
  onEvents: (mind: string, events: readonly MindEvent[]) => void;
  /** The log of a mind holds something at a position that is not the next event: others wrote it past event-log. */
  alarm: (fault: { mind: string; position: number; reason: string }) => void;
}

/**
 * Reads the new events of a shard once and broadcasts one batch a mind. No timer: when no read is in flight it reads
 * at once, else what is announced meanwhile is the next read.
 */
export class Broadcaster {
  private readonly shards = new Map<number, ShardProgress>();
  /** When the next alarm of a mind is due. */
  private readonly alarmAt = new LRUCache<string, number>({ max: ALARMED_MINDS });

  constructor(private readonly parts: BroadcasterParts) {}

  take(shard: number): void {
    this.shards.set(shard, new ShardProgress());
  }

  release(shard: number): void {
    this.shards.delete(shard);
  }

  /** Takes in an announcement, and reads until nothing of this shard waits, unless a reading is under way already. */
  async announced(shard: number, appended: Appended): Promise<void> {
    const progress = this.shards.get(shard);
    if (!progress) return;
    progress.announced(appended);
    if (progress.reading) return;
    progress.reading = true;
    try {
      await this.drain(shard, progress);
    } finally {
      progress.reading = false;
    }
  }

  private async drain(shard: number, progress: ShardProgress): Promise<void> {
    let pauseMs = FIRST_PAUSE_MS;
    while (progress.isWaiting && this.shards.get(shard) === progress) {
      const advanced = await this.read({ shard, progress, ranges: progress.ranges(MAX_RANGES) });
      if (!advanced) await this.parts.clock.sleep(pauseMs);
      pauseMs = advanced ? FIRST_PAUSE_MS : Math.min(MAX_PAUSE_MS, pauseMs * 2);
    }
  }

  /** One read for all these minds. False when nothing came of it, so that the next one should wait a little. */
  private async read(reading: Reading): Promise<boolean> {
    const { shard, progress, ranges } = reading;
    let reply: GatherReply;
    try {
      reply = await this.parts.log.gather(shard, { ranges, purpose: 'broadcast' }, { timeoutMs: READ_MS });
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      return this.failed(reading, error);
    }
    if (this.shards.get(shard) !== progress) return true;
    const before = progress.size;
    const found = new Map(reply.minds.map((mind) => [mind.mind, mind]));
    for (const { mind, after } of ranges) {
      const mindFound = found.get(mind);
      if (mindFound) this.broadcast(reading, mindFound, after);
      else progress.giveUp(mind);
    }
    return progress.size < before || reply.minds.some(({ events }) => events.length > 0);
  }

  /** What can't succeed later either is looked for half by half, so that one mind does not hold up the others. */
  private async failed(reading: Reading, error: AppError): Promise<boolean> {
    const { shard, ranges } = reading;
    this.parts.logger.warn(`shard ${shard} can't be read now: ${error.message}`);
    const [first] = ranges;
    if (error.retryable || !first) return false;
    if (ranges.length === 1) return this.readAlone(reading, first);
    const middle = ranges.length >> 1;
    for (const half of [ranges.slice(0, middle), ranges.slice(middle)])
      if (!(await this.read({ ...reading, ranges: half }))) return false;
    return true;
  }

  /** Of one mind, what comes before the event that can't be read; when that is the first one, the mind is given up. */
  private async readAlone(reading: Reading, { mind, after }: Reading['ranges'][number]): Promise<boolean> {
    const { shard, progress } = reading;
    try {
      const page = await this.parts.log.read({ mind, after, purpose: 'broadcast' }, { timeoutMs: READ_MS });
      if (this.shards.get(shard) === progress) this.broadcast(reading, { mind, ...page }, after);
      return page.events.length > 0;
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      if (error.retryable) return false;
      progress.giveUp(mind);
      if (error.code !== 'unknown_mind') this.alarm(mind, { position: after + 1, reason: error.message });
      return true;
    }
  }

  private broadcast({ shard, progress }: Reading, found: Found, asked: number): void {
    const { mind, head, importedTo } = found;
    const { events, fault } = soundEvents(mind, asked, found.events);
    const [first, last] = [events[0], events.at(-1)];
    if (first && last) {
      const before = progress.hashAt(mind, asked);
      if (before && before !== first.prevHash)
        this.alarm(mind, {
          position: first.position,
          reason: 'it does not follow what was broadcast before',
        });
      this.parts.out.publish(shard, toBatch({ ...found, events }, first, last));
      if (last.position > importedTo) this.parts.onEvents(mind, events);
    }
    progress.read(mind, { asked, last, head: head.position });
    if (!fault) return;
    progress.giveUp(mind);
    this.alarm(mind, fault);
  }

  private alarm(mind: string, fault: { position: number; reason: string }): void {
    const now = this.parts.clock.monotonicMs();
    if (now < (this.alarmAt.get(mind) ?? 0)) return;
    this.alarmAt.set(mind, now + ALARM_MS);
    this.parts.alarm({ mind, ...fault });
  }
}

function toBatch({ mind, events, importedTo }: Found, first: MindEvent, last: MindEvent): Batch {
  return {
    v: BATCH_VERSION,
    mind,
    from: first.position,
    to: last.position,
    prevHash: first.prevHash,
    headHash: last.hash,
    ...(importedTo >= first.position ? { importedTo } : {}),
    events,
  };
}
