import type { TickReply } from '#libs/contracts';
import { AppError, draft, eventId } from '#libs/kernel';
import type { LogPort } from './ports';

export type TickReason = 'heartbeat' | 'requested' | 'due';

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
    private readonly onTick: (reason: TickReason) => void,
  ) {}

  /**
   * `duplicate` and `id_conflict` mean that another coordinator ticked. A tick that somebody waits for takes the next
   * number then; one by the clock is not needed any more: null. Null also when 20 numbers were taken one after the other.
   * @throws AppError of event-log.
   */
  async append(mind: string, reason: TickReason, numbers: TickNumbers): Promise<TickReply | null> {
    for (let round = 0; round < MAX_ROUNDS; round++) {
      const tick = numbers.next();
      const position = await this.appendOne(mind, tick, reason);
      numbers.used(tick);
      if (position !== null) {
        this.onTick(reason);
        return { tick, position };
      }
      if (reason !== 'requested') return null;
    }
    return null;
  }

  /** Its position, or null when the number was taken already. */
  private async appendOne(mind: string, tick: number, reason: TickReason): Promise<number | null> {
    const event = { ...draft('autonomy_tick', { tick, reason }), id: eventId(mind, 'tick', tick) };
    try {
      const reply = await this.log.append({ mind, events: [event] }, { timeoutMs: APPEND_MS });
      return reply.duplicate ? null : reply.to;
    } catch (error) {
      if (error instanceof AppError && error.code === 'id_conflict') return null;
      throw error;
    }
  }
}
