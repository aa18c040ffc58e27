import type { AppendReply, AppendRequest } from '#libs/contracts';
import { AppError } from '#libs/kernel';
import { checkAppend } from '../core/append-check.core';
import type { AppendJob } from './append-job';
import { AppendLane, type LaneParts } from './append-lane';

/** What may wait in memory of one lane, and what may be without an answer. */
const WAITING_JOBS = 20_000;
const OPEN_BYTES = 64 * 1024 * 1024;
const LANES = 2;

/**
 * The only way into a log. Acknowledges after a durable commit; the same events again get the first answer.
 * Two lanes, by shard, let one flush be planned while the other one is committed.
 */
export class Appender {
  private readonly lanes: AppendLane[];
  private closed = false;

  /** @param isHeld Whether an import has the mind to itself. */
  constructor(
    private readonly parts: LaneParts,
    private readonly isHeld: (mind: string) => boolean,
  ) {
    this.lanes = Array.from({ length: LANES }, () => new AppendLane(parts));
  }

  /** @throws AppError as 2-system's table says; conflicts carry the head. */
  async append(request: AppendRequest, deadlineAt: number): Promise<AppendReply> {
    try {
      const reply = await this.enqueue(request, deadlineAt);
      this.parts.meter.appended(reply.duplicate ? 'duplicate' : 'ok');
      return reply;
    } catch (error) {
      this.parts.meter.appended(error instanceof AppError ? error.code : 'internal');
      throw error;
    }
  }

  /** Takes nothing more in and waits for what was accepted. */
  async close(): Promise<void> {
    this.closed = true;
    await Promise.all(this.lanes.map((lane) => lane.idle()));
    await this.parts.asking.idle();
  }

  private async enqueue(request: AppendRequest, deadlineAt: number): Promise<AppendReply> {
    const { mind, expectedPosition } = request;
    const events = checkAppend(request);
    const lane = this.lane(mind);
    const bytes = events.reduce((sum, event) => sum + event.content.length + event.metaJson.length + 512, 0);
    return new Promise((resolve, fail) => {
      const settle: AppendJob['settle'] = (outcome) =>
        'reply' in outcome ? resolve(outcome.reply) : fail(outcome.failure);
      lane.add({ mind, events, expectedPosition, deadlineAt, bytes, settle });
    });
  }

  private lane(mind: string): AppendLane {
    const { minds, tails } = this.parts;
    if (this.closed) throw new AppError('unavailable', 'this event-log is stopping; try again');
    if (this.isHeld(mind)) throw new AppError('busy', `an import fills the log of ${mind}; try again later`);
    if (tails.isFull) throw new AppError('busy', 'too many events wait to be broadcast; try again later');
    const lane = this.lanes[minds.shardOf(mind) % LANES];
    if (!lane) throw new RangeError('no such lane');
    if (lane.waiting >= WAITING_JOBS || lane.openBytes > OPEN_BYTES)
      throw new AppError('busy', 'too many appends are waiting; try again');
    return lane;
  }
}
