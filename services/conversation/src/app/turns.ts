import type { TurnReply } from '#libs/contracts';
import { canonicalJson, sha256 } from '#libs/kernel';
import { checkTurnText } from '../core/turn-text';
import type { TurnObserver } from './ports';
import type { Turn } from './turn';
import type { TurnPipeline } from './turn-pipeline';
import type { TurnQueue } from './turn-queue';

/** Turns as they arrive: checked, then one at a time per mind. */
export class Turns {
  constructor(
    private readonly queue: TurnQueue,
    private readonly pipeline: Pick<TurnPipeline, 'run'>,
    private readonly observer: TurnObserver,
  ) {}

  /** A request that is sent again while its turn waits or runs shares the answer. @throws AppError */
  async take(turn: Turn): Promise<TurnReply> {
    checkTurnText(turn.text);
    const key = sha256(canonicalJson([turn.turnId, turn.text, turn.userName ?? null]));
    const { mind, deadlineAt } = turn;
    return this.queue.run({ mind, key, deadlineAt }, () => this.observed(turn));
  }

  private async observed(turn: Turn): Promise<TurnReply> {
    try {
      const reply = await this.pipeline.run(turn);
      this.observer.ended(turn, {});
      return reply;
    } catch (error) {
      this.observer.ended(turn, { error });
      throw error;
    }
  }
}
