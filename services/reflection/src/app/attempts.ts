import type { MindEvent, MindInfo } from '#libs/contracts';
import { AppError } from '#libs/kernel';
import type { ModelPort, ModelReply, TokenBudget } from '#libs/llm';
import type { CommandOutcome, Effect, Log } from '#libs/messaging';
import type { ReflectionState } from '#libs/mind';
import { atTick, gate, type Calls } from '../core/gate';
import { reflectionPrompt, type ReflectionPrompt } from '../core/prompt';
import { resultEvents } from '../core/result';
import type { ModelCalls } from './model-calls';

/** Decides on a mind's state and appends what was decided. */
export interface CommandPort {
  command<T>(
    mind: string,
    deadlineAt: number,
    decide: (state: ReflectionState, seen: { watermark: number }) => CommandOutcome<T>,
  ): Promise<T>;
}

export interface AttemptsParts {
  commands: CommandPort;
  mindInfo: (mind: string) => Promise<MindInfo>;
  model: ModelPort & {
    choose(own: { provider: string | null; model: string | null }): { provider: string; model: string };
  };
  budget: TokenBudget;
  calls: ModelCalls;
  now: () => number;
  logger: Log;
  /** Told at each tick: the trigger, or what held the mind back. */
  observe: (reason: string) => void;
}

const APPEND_MS = 10_000;
/** How long open model calls may go on once the process has been told to end. */
const PATIENCE_MS = 7_000;

/**
 * Looks at the gate at each live tick and, when it opens, asks the model beside the feed. The result is decided on the
 * state at the time when it comes. A model that fails or answers nothing alters no mind.
 */
export class Attempts implements Effect<ReflectionState> {
  readonly kinds = ['autonomy_tick'];
  private readonly running = new Set<Promise<void>>();
  private readonly stop = new AbortController();
  /** Set once the process was told to end: it aborts what is still open then. */
  private ending?: NodeJS.Timeout;

  constructor(private readonly parts: AttemptsParts) {}

  react(mind: string, state: ReflectionState, event: MindEvent): void {
    const { wouldReflect, reason } = gate(state, atTick(state), this.callsOf(mind));
    this.parts.observe(reason);
    if (!wouldReflect || this.ending) return;
    const prompt = reflectionPrompt(state, reason as ReflectionPrompt['trigger'], event.position);
    const own = state.model.current && { ...state.model.current };
    this.start(mind, state.ticks.tick, () => this.attempt(mind, prompt, own));
  }

  /** What the gate has to know of this process. */
  callsOf(mind: string): Calls {
    return this.parts.calls.of(mind, this.parts.budget.exhausted(mind));
  }

  /** No new calls, and those still open after `patienceMs` are aborted, and nothing is appended for them. The first time counts. */
  begin(patienceMs = PATIENCE_MS): void {
    const abort = () => this.stop.abort(new AppError('unavailable', 'this member is shutting down'));
    this.ending ??= setTimeout(abort, patienceMs);
  }

  /** Waits for open calls, until they have answered or were aborted. */
  async close(patienceMs?: number): Promise<void> {
    this.begin(patienceMs);
    await Promise.all(this.running);
    clearTimeout(this.ending);
  }

  private start(mind: string, tick: number, work: () => Promise<void>): void {
    const { calls, logger } = this.parts;
    calls.begin(mind);
    const run = work().then(
      () => calls.succeeded(mind),
      (error: unknown) => {
        calls.failed(mind, tick);
        if (!(error instanceof AppError)) logger.error(`mind ${mind}: a reflection failed`, error);
        else logger.warn(`mind ${mind} did not reflect: ${error.message}`);
      },
    );
    this.running.add(run);
    void run.finally(() => this.running.delete(run));
  }

  private async attempt(
    mind: string,
    prompt: ReflectionPrompt,
    own: { provider: string; model: string } | null,
  ): Promise<void> {
    const { budget, commands, now } = this.parts;
    const reply = await this.ask(mind, prompt, own);
    budget.record(mind, reply.usage);
    const { text, provider, model } = reply;
    const attempt = { ...prompt, mind, text, provider, model };
    await commands.command(mind, now() + APPEND_MS, (state, { watermark }) => {
      // Another member's result for the same moment is in the log already: this one is dropped.
      if (state.attempts.position !== prompt.previousAttempt) return { value: undefined };
      return { events: resultEvents(state, attempt, watermark), answer: () => undefined };
    });
  }

  private async ask(
    mind: string,
    prompt: ReflectionPrompt,
    own: { provider: string; model: string } | null,
  ): Promise<ModelReply> {
    const { model, mindInfo } = this.parts;
    const choice = model.choose(own ?? (await mindInfo(mind)));
    const { messages, context, style } = prompt;
    return model.complete(
      { purpose: 'reflection', choice, messages, context, input: '', style },
      { signal: this.stop.signal },
    );
  }
}
