import { AppError } from '#libs/kernel';
import { ModelFailure } from './model-failure';
import {
  estimateTokens,
  type ModelOptions,
  type ModelPort,
  type ModelReply,
  type ModelRequest,
} from './model.port';
import { orAborted } from './within-deadline';

/** What a scripted model does when it is asked. */
export type ScriptStep =
  | { say: string }
  /** The pieces come by `onToken` as they are. */
  | { tokens: string[] }
  | { fail: 'model_unavailable' | 'model_refused'; afterTokens?: string[] }
  /** Never answers; ends only when it is aborted. */
  | { hang: true; afterTokens?: string[] }
  | { reply: (request: ModelRequest) => string };

/** For tests: does what its script says, one step a call, and remembers what it was asked. */
export class ScriptedModel implements ModelPort {
  readonly requests: ModelRequest[] = [];
  private readonly steps: ScriptStep[];

  constructor(...steps: ScriptStep[]) {
    this.steps = steps;
  }

  /** More steps, for the calls to come. */
  add(...steps: ScriptStep[]): void {
    this.steps.push(...steps);
  }

  complete(request: ModelRequest, options: ModelOptions): Promise<ModelReply> {
    this.requests.push(request);
    const step = this.steps.shift();
    if (!step) return Promise.reject(new AppError('internal', 'the script of the model has ended'));
    return orAborted(options.signal, () => this.perform(step, request, options));
  }

  private async perform(step: ScriptStep, request: ModelRequest, options: ModelOptions): Promise<ModelReply> {
    const tokens = tokensOf(step, request);
    for (const token of tokens) {
      await Promise.resolve();
      options.onToken?.(token);
    }
    if ('hang' in step) return new Promise<never>(() => undefined);
    if ('fail' in step) throw new ModelFailure(step.fail, 'as the script says');
    const text = tokens.join('');
    if (text.trim() === '') throw new ModelFailure('model_unavailable', 'the model answered nothing');
    const asked = request.messages.map(({ content }) => content).join('\n');
    const usage = { inputTokens: estimateTokens(asked), outputTokens: estimateTokens(text) };
    return { text, usage, ...request.choice };
  }
}

function tokensOf(step: ScriptStep, request: ModelRequest): string[] {
  if ('say' in step) return [step.say];
  if ('tokens' in step) return step.tokens;
  if ('reply' in step) return [step.reply(request)];
  return step.afterTokens ?? [];
}
