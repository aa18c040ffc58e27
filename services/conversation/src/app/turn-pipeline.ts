import { isErrorCode, type MindInfo, type TurnReply } from '#libs/contracts';
import { AppError, type Clock } from '#libs/kernel';
import type { TokenBudget } from '#libs/llm';
import { readRecorded, recordedIds, type Recorded } from '../core/outcome';
import type { ContextGatherer, TurnContext } from './context-gatherer';
import type { Attempts, Dialogue, Judged } from './dialogue';
import type { OutcomeWriter } from './outcome-writer';
import { OWN_PATIENCE_MS, type LogPort, type SignalPort } from './ports';
import type { BegunTurn, Turn } from './turn';
import type { TurnIntake } from './turn-intake';
import { TurnScreen } from './turn-screen';

export interface PipelineParts {
  log: LogPort;
  intake: TurnIntake;
  gatherer: ContextGatherer;
  dialogue: Dialogue;
  writer: OutcomeWriter;
  budget: TokenBudget;
  signals: SignalPort;
  clock: Pick<Clock, 'now'>;
}

/** The steps of a turn, the same with and without streaming. Calls for one mind must not overlap. */
export class TurnPipeline {
  constructor(private readonly parts: PipelineParts) {}

  /**
   * Resolves to the turn's reply, or to that of the first time when the turn is a repeat.
   * @throws AppError: the turn's recorded failure; or what stopped it before an outcome, and then the same turnId goes on.
   */
  async run(turn: Turn): Promise<TurnReply> {
    const { log, budget, intake } = this.parts;
    const info = await log.mind(turn.mind, { deadlineAt: turn.deadlineAt });
    if (info.archivedAt !== null) {
      throw new AppError('forbidden', `mind ${turn.mind} is archived; take it out of the archive first`);
    }
    if (budget.exhausted(turn.mind)) return this.answerWithoutModel(turn);
    const begun = await intake.begin(turn);
    const recorded = begun.repeated ? await this.recorded(turn, turn.deadlineAt) : null;
    return recorded ? deliver(recorded) : this.converse(begun, info);
  }

  /** A turn that has its outcome costs no tokens; any other has to wait for tomorrow, and nothing is appended for it. */
  private async answerWithoutModel(turn: Turn): Promise<TurnReply> {
    const recorded = await this.recorded(turn, turn.deadlineAt);
    if (recorded?.said === turn.text) return deliver(recorded);
    this.parts.budget.check(turn.mind);
    throw new AppError('busy', 'the tokens of this mind have just come back; try again');
  }

  private async converse(turn: BegunTurn, info: MindInfo): Promise<TurnReply> {
    const context = await this.parts.gatherer.gather(turn, info);
    const screen = new TurnScreen(this.parts.signals, turn);
    try {
      const judged = await this.askModel(turn, context, screen);
      this.parts.budget.record(turn.mind, judged.answer.usage);
      return await this.parts.writer.reply(turn, judged);
    } catch (error) {
      if (!(error instanceof AppError) || error.code !== 'id_conflict') throw error;
      const recorded = await this.recorded(turn, this.parts.clock.now() + OWN_PATIENCE_MS);
      if (!recorded) throw error;
      if (recorded.kind === 'reply') screen.settle(recorded.reply.text);
      return deliver(recorded);
    }
  }

  /** Only what the model itself failed with ends the turn; everything else leaves it open for the same turnId. */
  private async askModel(turn: BegunTurn, context: TurnContext, screen: TurnScreen): Promise<Judged> {
    const { dialogue, writer } = this.parts;
    const attempts: Attempts = { hallucinations: [] };
    try {
      return await dialogue.ask(turn, context, screen, attempts);
    } catch (error) {
      if (!isModelFailure(error)) throw error;
      await writer.failure(turn, error, attempts.hallucinations);
      throw error;
    }
  }

  private async recorded(turn: Turn, deadlineAt: number): Promise<Recorded | null> {
    const request = { mind: turn.mind, ids: recordedIds(turn), purpose: 'query' } as const;
    return readRecorded(turn, await this.parts.log.byIds(request, { deadlineAt }));
  }
}

const isModelFailure = (error: unknown): error is AppError =>
  error instanceof AppError && (error.code === 'model_unavailable' || error.code === 'model_refused');

/** @throws AppError the recorded failure, with the code that it had the first time. */
function deliver(recorded: Recorded): TurnReply {
  if (recorded.kind === 'reply') return recorded.reply;
  const { code, retryable } = recorded;
  const message = `this turn has failed (${code}); say it again as a new turn`;
  throw new AppError(isErrorCode(code) ? code : 'internal', message, { retryable });
}
