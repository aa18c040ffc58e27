import { ModelFailure } from './model-failure';
import { estimateTokens, type ModelOptions, type ModelReply, type ModelRequest } from './model.port';

/** Characters of a reply: six bytes each at worst in JSON, so that any reply fits into one event. */
export const REPLY_LIMIT_CHARS = 32 * 1024;

/** Collects a reply from its pieces and says at the end whether it is one. */
export class ReplyBuilder {
  private text = '';
  private readonly model: string;
  private inputTokens: number | undefined;
  private outputTokens: number | undefined;

  constructor(
    private readonly request: ModelRequest,
    private readonly options: ModelOptions,
  ) {
    this.model = request.choice.model;
  }

  add(piece: unknown): void {
    if (typeof piece !== 'string' || piece === '') return;
    this.text += piece;
    if (this.text.length > REPLY_LIMIT_CHARS)
      throw new ModelFailure('model_refused', "the model's answer is too long");
    this.options.onToken?.(piece);
  }

  count(inputTokens: unknown, outputTokens: unknown): void {
    if (isCount(inputTokens)) this.inputTokens = inputTokens;
    if (isCount(outputTokens)) this.outputTokens = outputTokens;
  }

  /** @throws ModelFailure `model_unavailable` when nothing was said. */
  done(): ModelReply {
    if (this.text.trim() === '') throw new ModelFailure('model_unavailable', 'the model answered nothing');
    const asked = this.request.messages.map(({ content }) => content).join('\n');
    const usage = {
      inputTokens: this.inputTokens ?? estimateTokens(asked),
      outputTokens: this.outputTokens ?? estimateTokens(this.text),
    };
    return { text: this.text, usage, provider: this.request.choice.provider, model: this.model };
  }
}

const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0;
