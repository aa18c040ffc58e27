import type { TickReply } from '#libs/contracts';
import { AppError, draft, eventId } from '#libs/kernel';
import type { LogPort } from './ports';

/** Why a mind ticks; a request says by its key which one it is. */
export interface TickReason {
  reason: 'heartbeat' | 'requested' | 'due';
  key?: string;
}

/** The numbers of one mind's ticks. */
export interface TickNumbers {
  next(): number;
  /** This number is in the log now, whoever wrote it. */
  used(tick: number): void;
}

const MAX_ROUNDS = 20;
const APPEND_MS = 5_000;

/** Writes ticks, with ids that make each number happen once. */
export class TickAppender {
  constructor(
    private readonly log: Pick<LogPort, 'append'>,
    private readonly onTick: (reason: TickReason['reason']) => void,
  ) {}

  /**
   * `id_conflict` means that another coordinator ticked, and so does `duplicate`, unless it says that this very request
   * was seen to already. A tick that somebody waits for takes the next number then; one by the clock is not needed any
   * more: null. Null also when 20 numbers were taken one after the other.
   * @throws AppError of event-log.
   */
  async append(mind: string, why: TickReason, numbers: TickNumbers): Promise<TickReply | null> {
    for (let round = 0; round < MAX_ROUNDS; round++) {
      const tick = numbers.next();
      const position = await this.appendOne(mind, tick, why);
      numbers.used(tick);
      if (position !== null) {
        this.onTick(why.reason);
        return { tick, position };
      }
      if (why.reason !== 'requested') return null;
    }
    return null;
  }

  /** Its position, or null when the number was taken already. */
  private async appendOne(mind: string, tick: number, why: TickReason): Promise<number | null> {
    const event = { ...draft('autonomy_tick', { tick, ...why }), id: eventId(mind, 'tick', tick) };
    try {
      const reply = await this.log.append({ mind, events: [event] }, { timeoutMs: APPEND_MS });
      return reply.duplicate && why.key === undefined ? null : reply.to;
    } catch (error) {
      if (error instanceof AppError && error.code === 'id_conflict') return null;
      throw error;
    }
  }
}
