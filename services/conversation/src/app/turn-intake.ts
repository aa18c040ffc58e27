import { AppError } from '#libs/kernel';
import { userEvents } from '../core/turn-events';
import type { LogPort } from './ports';
import type { BegunTurn, Turn } from './turn';

/** Takes the user's words into the log, before any model is asked. */
export class TurnIntake {
  constructor(private readonly log: LogPort) {}

  /**
   * Appends the user's message and what it implies, in one append.
   * @returns `repeated` when it was in the log already: the turn may have an outcome.
   * @throws AppError `id_conflict` (this turnId has other words), `unknown_mind`, `too_large`, `invalid_event`, and what
   * a failing event-log says.
   */
  async begin(turn: Turn): Promise<BegunTurn & { repeated: boolean }> {
    const { from, to, duplicate } = await this.append(turn);
    return { ...turn, userPosition: from, position: to, repeated: duplicate };
  }

  private async append(turn: Turn) {
    try {
      return await this.log.append(
        { mind: turn.mind, events: userEvents(turn) },
        { deadlineAt: turn.deadlineAt },
      );
    } catch (error) {
      if (!(error instanceof AppError) || error.code !== 'id_conflict') throw error;
      throw new AppError('id_conflict', `turn ${turn.turnId} has other words; use a new turnId`, {
        cause: error,
      });
    }
  }
}
