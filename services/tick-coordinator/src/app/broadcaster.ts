import { BATCH_VERSION, type Appended, type Batch, type GatherReply, type MindEvent } from '#libs/contracts';
import { AppError, type Clock } from '#libs/kernel';
import type { Log } from '#libs/messaging';
import type { BroadcastPort, LogPort } from './ports';
import { ShardProgress } from './shard-progress';

const MAX_RANGES = 1_000;
const FIRST_PAUSE_MS = 25;
const MAX_PAUSE_MS = 1_000;
const READ_MS = 3_000;

type Found = GatherReply['minds'][number];

interface Reading {
  shard: number;
  progress: ShardProgress;
  ranges: { mind: string; after: number }[];
}

export interface BroadcasterParts {
  log: Pick<LogPort, 'gather'>;
  out: BroadcastPort;
  clock: Clock;
  logger: Log;
  onEvents: (mind: string, events: readonly MindEvent[]) => void;
}

/**
 * Reads the new events of a shard once and broadcasts one batch a mind. No timer: when no read is in flight it reads
 * at once, else what is announced meanwhile is the next read.
 */
export class Broadcaster {
  private readonly shards = new Map<number, ShardProgress>();

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

  /** What can't succeed later either is looked for mind by mind, so that one of them does not hold up the others. */
  private async failed({ shard, progress, ranges }: Reading, error: AppError): Promise<boolean> {
    this.parts.logger.warn(`shard ${shard} can't be read now: ${error.message}`);
    const [first, second] = ranges;
    if (error.retryable || !first) return false;
    if (!second) {
      progress.giveUp(first.mind);
      return true;
    }
    for (const range of ranges) if (!(await this.read({ shard, progress, ranges: [range] }))) return false;
    return true;
  }

  private broadcast({ shard, progress }: Reading, found: Found, asked: number): void {
    const { mind, events, head, importedTo } = found;
    const [first, last] = [events[0], events.at(-1)];
    if (first && last) {
      this.parts.out.publish(shard, toBatch(found, first, last));
      if (last.position > importedTo) this.parts.onEvents(mind, events);
    }
    progress.read(mind, { asked, to: last?.position, head: head.position });
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
