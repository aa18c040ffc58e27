import type { Clock } from '#libs/kernel';
import type { ModelPort, ModelReply } from '#libs/llm';
import type { Message } from '../core/context-item';
import { falseClaims } from '../core/false-claims';
import type { Answer } from '../core/outcome';
import { promptDigest, withCorrection } from '../core/prompt';
import { ReplyFilter } from '../core/reply-filter';
import type { TurnContext } from './context-gatherer';
import { askForVerdicts, type Verdicts } from './judge';
import { OWN_PATIENCE_MS, type MindViews } from './ports';
import type { BegunTurn } from './turn';
import type { TurnScreen } from './turn-screen';

/** An answer, and what commitment said to its control lines. */
export interface Judged {
  answer: Answer;
  verdicts: Verdicts;
}

/** What happened before the model failed for good. */
export interface Attempts {
  hallucinations: string[][];
}

interface Tried {
  reply: ModelReply;
  shown: string;
  lines: Answer['lines'];
  claims: string[];
  verdicts: Verdicts;
  messages: Message[];
}

/** Asks the model, checks what its answer names, and asks once more when some of it does not exist. */
export class Dialogue {
  constructor(
    private readonly model: ModelPort,
    private readonly views: Pick<MindViews, 'judge'>,
    private readonly clock: Pick<Clock, 'now'>,
    private readonly signal: AbortSignal,
  ) {}

  /** Rejects with what the model fails with; `attempts` then knows what was found false before. */
  async ask(turn: BegunTurn, context: TurnContext, screen: TurnScreen, attempts: Attempts): Promise<Judged> {
    const first = await this.attempt(turn, context, screen);
    if (first.claims.length === 0) return judged(context, [first], attempts);
    attempts.hallucinations.push(first.claims);
    screen.restart(`the answer named ${first.claims.join(', ')}, which does not exist`);
    const second = await this.attempt(turn, context, screen, first);
    if (second.claims.length > 0) attempts.hallucinations.push(second.claims);
    return judged(context, [first, second], attempts);
  }

  private async attempt(
    turn: BegunTurn,
    context: TurnContext,
    screen: TurnScreen,
    before?: Tried,
  ): Promise<Tried> {
    const messages = before
      ? withCorrection(context.messages, before.reply.text, before.claims)
      : context.messages;
    const { reply, shown, lines } = await this.listen(turn, { ...context, messages }, screen, before?.claims);
    const deadlineAt = this.clock.now() + OWN_PATIENCE_MS;
    const verdicts = await askForVerdicts(this.views, turn, lines, {
      minPosition: context.position,
      deadlineAt,
    });
    const doneCids = lines.flatMap((line) => ('cid' in line ? [line.cid] : []));
    const truth = { contextPosition: context.position, knownCids: new Set(verdicts?.known) };
    return { reply, shown, lines, verdicts, messages, claims: falseClaims({ shown, doneCids }, truth) };
  }

  /** One call of the model, shown as far as it may be shown while it comes. */
  private async listen(
    turn: BegunTurn,
    { choice, items, messages }: TurnContext,
    screen: TurnScreen,
    corrected?: readonly string[],
  ) {
    const newFilter = () => new ReplyFilter((text) => screen.show(text));
    let filter = newFilter();
    const reply = await this.model.complete(
      { purpose: 'turn', choice, messages, context: items, input: turn.text, corrected },
      {
        signal: this.signal,
        onToken: (token) => filter.push(token),
        onRestart: (reason) => {
          filter = newFilter();
          screen.restart(reason);
        },
      },
    );
    return { reply, ...filter.end() };
  }
}

function judged(context: TurnContext, tries: Tried[], { hallucinations }: Attempts): Judged {
  const last = tries[tries.length - 1] as Tried;
  const { provider, model } = last.reply;
  const sum = (count: (reply: ModelReply) => number) =>
    tries.reduce((total, { reply }) => total + count(reply), 0);
  const answer: Answer = {
    shown: last.shown,
    lines: last.lines,
    provider,
    model,
    contextPosition: context.position,
    promptDigest: promptDigest(context.choice, last.messages),
    usage: { inputTokens: sum((r) => r.usage.inputTokens), outputTokens: sum((r) => r.usage.outputTokens) },
    hallucinations,
    unfounded: last.claims.length > 0,
  };
  return { answer, verdicts: last.verdicts };
}
