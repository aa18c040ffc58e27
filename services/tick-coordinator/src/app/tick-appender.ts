import type { TickReply } from '#libs/contracts';
import { AppError, draft, eventId } from '#libs/kernel';
import type { LogPort } from './ports';

/** Why a mind ticks; a request says by its key which one it is. */
export interface TickReason {
  reason: 'heartbeat' | 'requested' | 'due';
  key?: string;
}

/** A tick to be written. */
export interface NewTick extends TickReason {
  tick: number;
  /** Where the log must end for that number to be the next one, if that is not certain without. */
  expectedPosition?: number;
}

/** A tick that is in the log, and whether it was written just now. */
export interface Ticked {
  reply: TickReply;
  isFresh: boolean;
}

const APPEND_MS = 5_000;

/** Writes ticks, with ids that make each number happen once. */
export class TickAppender {
  constructor(
    private readonly log: Pick<LogPort, 'append'>,
    private readonly onTick: (reason: TickReason['reason']) => void,
  ) {}

  /**
   * Null when the number is another tick's, or the log is not where it was expected. `duplicate` says the same, unless it
   * says that this very request was seen to already. @throws AppError of event-log.
   */
  async append(mind: string, { expectedPosition, ...meta }: NewTick): Promise<Ticked | null> {
    const { tick, reason, key } = meta;
    const event = { ...draft('autonomy_tick', meta), id: eventId(mind, 'tick', tick) };
    const request = {
      mind,
      events: [event],
      ...(expectedPosition === undefined ? {} : { expectedPosition }),
    };
    try {
      const reply = await this.log.append(request, { timeoutMs: APPEND_MS });
      if (reply.duplicate && key === undefined) return null;
      this.onTick(reason);
      return { reply: { tick, position: reply.to }, isFresh: !reply.duplicate };
    } catch (error) {
      if (error instanceof AppError && TAKEN.has(error.code)) return null;
      throw error;
    }
  }
}

const TAKEN: ReadonlySet<string> = new Set(['id_conflict', 'version_conflict']);
