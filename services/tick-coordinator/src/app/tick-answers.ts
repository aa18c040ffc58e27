import { LRUCache } from 'lru-cache';
import type { MindEvent, TickReply } from '#libs/contracts';
import type { Clock } from '#libs/kernel';

const ANSWERS = 50_000;
/** Nobody sends a request again for so long. */
const OLD_MS = 10 * 60_000;

/** What requests for ticks were answered, by their keys, should they come again. */
export class TickAnswers {
  /** Counted by size, as a `max` would set room for all of them aside at once. */
  private readonly known = new LRUCache<string, TickReply>({ maxSize: ANSWERS, sizeCalculation: () => 1 });

  constructor(private readonly clock: Pick<Clock, 'now'>) {}

  of(mind: string, key: string | undefined): TickReply | undefined {
    return key === undefined ? undefined : this.known.get(`${mind} ${key}`);
  }

  remember(mind: string, key: string | undefined, reply: TickReply): void {
    if (key !== undefined) this.known.set(`${mind} ${key}`, reply);
  }

  /** From ticks in the log. Imported ones answered requests of another mind. */
  learn(mind: string, events: readonly MindEvent[], importedTo: number): void {
    const since = this.clock.now() - OLD_MS;
    for (const { kind, position, at, meta } of events) {
      if (kind !== 'autonomy_tick' || typeof meta.key !== 'string') continue;
      if (position > importedTo && Date.parse(at) > since)
        this.remember(mind, meta.key, { tick: Number(meta.tick), position });
    }
  }
}
