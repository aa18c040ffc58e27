import type { AppendReply, NewEvent, TurnReply } from '#libs/contracts';
import { AppError, type Clock } from '#libs/kernel';
import { judgeControls, voidControls, type Judgement } from '../core/control-judgement';
import { failureEvents, replyEvents, type Answer, type Failure } from '../core/outcome';
import type { Judged } from './dialogue';
import { askForVerdicts, type Verdicts } from './judge';
import { OWN_PATIENCE_MS, type LogPort, type MindViews } from './ports';
import type { BegunTurn } from './turn';

const ROUNDS = 5;
const FALSE_ANSWER = 'the answer names what does not exist';
/** Their verdict holds only at the position at which it was given. */
const JUDGED_KINDS = new Set(['commitment_open', 'commitment_close']);

/** Writes the outcome of a turn: one append, and the database lets in one outcome. */
export class OutcomeWriter {
  constructor(
    private readonly log: LogPort,
    private readonly views: Pick<MindViews, 'judge'>,
    private readonly clock: Pick<Clock, 'now'>,
  ) {}

  /**
   * Appends the reply with what its control lines do. When the log has moved on since commitment judged them, they are
   * judged again, up to 5 times; the model is not asked again.
   * @throws AppError `id_conflict` when the turn has another outcome, `busy` when the mind changes too fast.
   */
  async reply(turn: BegunTurn, { answer, verdicts }: Judged): Promise<TurnReply> {
    const deadlineAt = this.clock.now() + OWN_PATIENCE_MS;
    let current = verdicts;
    for (let round = 0; round < ROUNDS; round++) {
      const judgement = judge(turn, answer, current);
      const events = replyEvents(turn, answer, judgement);
      try {
        const expectedPosition = expectation(judgement, current);
        const reply = await this.log.append({ mind: turn.mind, events, expectedPosition }, { deadlineAt });
        return turnReply(turn, { answer, judgement, events, reply });
      } catch (error) {
        if (!(error instanceof AppError) || error.code !== 'version_conflict') throw error;
        const minPosition = error.head?.position ?? answer.contextPosition;
        current = await askForVerdicts(this.views, turn, answer.lines, { minPosition, deadlineAt });
      }
    }
    throw new AppError('busy', `mind ${turn.mind} changes too fast; the same turn goes on later`);
  }

  /** Appends `turn_failed`. @throws AppError `id_conflict` when the turn has another outcome. */
  async failure(turn: BegunTurn, failure: Failure, hallucinations: readonly string[][]): Promise<void> {
    const deadlineAt = this.clock.now() + OWN_PATIENCE_MS;
    const events = failureEvents(turn, failure, hallucinations);
    await this.log.append({ mind: turn.mind, events }, { deadlineAt });
  }
}

const judge = (turn: BegunTurn, answer: Answer, verdicts: Verdicts): Judgement =>
  answer.unfounded ? voidControls(answer.lines, FALSE_ANSWER) : judgeControls(turn, answer.lines, verdicts);

/** Plain replies go in wherever the head is. */
const expectation = ({ events }: Judgement, verdicts: Verdicts): number | undefined =>
  events.some(({ kind }) => JUDGED_KINDS.has(kind)) ? verdicts?.watermark : undefined;

function turnReply(
  turn: BegunTurn,
  {
    answer,
    judgement,
    events,
    reply,
  }: { answer: Answer; judgement: Judgement; events: NewEvent[]; reply: AppendReply },
): TurnReply {
  const index = events.findIndex(({ kind }) => kind === 'assistant_message');
  return {
    turnId: turn.turnId,
    text: answer.shown,
    positions: { user: turn.userPosition, reply: reply.from + index },
    watermark: reply.to,
    controls: judgement.controls,
  };
}
