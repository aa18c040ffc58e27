import { BATCH_VERSION, type Appended, type Batch, type GatherReply, type MindEvent } from '#libs/contracts';
import { AppError, type Clock } from '#libs/kernel';
import type { Log } from '#libs/messaging';
import type { BroadcastPort, LogPort } from './ports';

/** What one shard waits for and has seen. */
interface Shard {
  /** Last position broadcast, by mind. */
  done: Map<string, number>;
  /** Last position announced and not yet broadcast, by mind. */
  wanted: Map<string, number>;
  reading: boolean;
}

const MAX_RANGES = 1_000;
const FIRST_PAUSE_MS = 25;
const MAX_PAUSE_MS = 1_000;
const READ_MS = 3_000;

export interface BroadcasterParts {
  log: LogPort;
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
  private readonly shards = new Map<number, Shard>();

  constructor(private readonly parts: BroadcasterParts) {}

  take(shard: number): void {
    this.shards.set(shard, { done: new Map(), wanted: new Map(), reading: false });
  }

  release(shard: number): void {
    this.shards.delete(shard);
  }

  /** Takes in an announcement. Resolves when nothing of it waits any more. */
  async announced(shard: number, { spans, again }: Appended): Promise<void> {
    const state = this.shards.get(shard);
    if (!state) return;
    for (const { mind, from, to } of spans) {
      const done = state.done.get(mind);
      if (done === undefined || (again && from <= done)) state.done.set(mind, from - 1);
      if (to > (state.done.get(mind) ?? 0)) state.wanted.set(mind, Math.max(to, state.wanted.get(mind) ?? 0));
    }
    await this.drain(shard, state);
  }

  private async drain(shard: number, state: Shard): Promise<void> {
    if (state.reading) return;
    state.reading = true;
    let pauseMs = FIRST_PAUSE_MS;
    try {
      while (state.wanted.size > 0 && this.shards.get(shard) === state) {
        const read = await this.readOnce(shard, state);
        if (!read) await this.parts.clock.sleep(pauseMs);
        pauseMs = read ? FIRST_PAUSE_MS : Math.min(MAX_PAUSE_MS, pauseMs * 2);
      }
    } finally {
      state.reading = false;
    }
  }

  /** One read for all minds that wait. False when the log could not be read now. */
  private async readOnce(shard: number, state: Shard): Promise<boolean> {
    const ranges = [...state.wanted.keys()].slice(0, MAX_RANGES).map((mind) => ({
      mind,
      after: state.done.get(mind) ?? 0,
    }));
    try {
      const reply = await this.parts.log.gather(
        shard,
        { ranges, purpose: 'broadcast' },
        { timeoutMs: READ_MS },
      );
      if (this.shards.get(shard) !== state) return true;
      for (const found of reply.minds) this.broadcast(shard, state, found);
      return true;
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      this.parts.logger.warn(`shard ${shard} can't be read now: ${error.message}`);
      return false;
    }
  }

  private broadcast(shard: number, state: Shard, found: GatherReply['minds'][number]): void {
    const { mind, events, head } = found;
    const [first, last] = [events[0], events.at(-1)];
    if (first && last) {
      this.parts.out.publish(shard, toBatch(found, first, last));
      state.done.set(mind, last.position);
      this.parts.onEvents(mind, found.importedTo >= last.position ? [] : events);
    }
    const done = state.done.get(mind) ?? 0;
    if (done >= Math.max(head.position, state.wanted.get(mind) ?? 0) || (!first && head.position <= done)) {
      state.wanted.delete(mind);
    }
  }
}

function toBatch(found: GatherReply['minds'][number], first: MindEvent, last: MindEvent): Batch {
  const { mind, events, importedTo } = found;
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
