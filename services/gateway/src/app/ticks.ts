import { LRUCache } from 'lru-cache';
import type { PositionReply, TickReply } from '#libs/contracts';
import { AppError, type Clock } from '#libs/kernel';
import type { Log, Requests } from '#libs/messaging';
import { permit, WINDOW_MS, type RateWindow } from '../core/rate-window';
import { COMMAND } from './deadlines';

const TICKS_PER_SECOND = 10;
const MINDS_WATCHED = 10_000;

/** Ticks that callers ask for, at most 10 a second for each mind. */
export class Ticks {
  private readonly windows = new LRUCache<string, RateWindow>({ max: MINDS_WATCHED });

  constructor(
    private readonly requests: Requests,
    private readonly clock: Clock,
    private readonly log: Log,
  ) {}

  /** @throws AppError `busy` when the mind has had its ticks of this second */
  async tick(mind: string, key: string): Promise<TickReply> {
    this.permit(mind);
    return this.send(mind, key);
  }

  /** Appends the request for a reflection, then asks for the tick that will look at it; the caller does not wait for that. */
  async reflect(mind: string, key: string): Promise<PositionReply> {
    this.permit(mind);
    const request = { mind, key };
    const reply = await this.requests.ask<PositionReply>('reflection', mind, 'request', request, COMMAND);
    this.send(mind, key).catch((error: unknown) => {
      const reason = error instanceof Error ? error.message : String(error);
      this.log.warn(`${mind}: no tick for the reflection that was asked for, the next one serves: ${reason}`);
    });
    return reply;
  }

  private send(mind: string, key: string): Promise<TickReply> {
    return this.requests.ask('tick-coordinator', mind, 'tick', { mind, key }, COMMAND);
  }

  private permit(mind: string): void {
    const window = permit(this.windows.get(mind), TICKS_PER_SECOND, this.clock.monotonicMs());
    if (!window) {
      const seconds = WINDOW_MS / 1000;
      throw new AppError('busy', `a mind has at most ${TICKS_PER_SECOND} requested ticks in ${seconds} s`);
    }
    this.windows.set(mind, window);
  }
}
