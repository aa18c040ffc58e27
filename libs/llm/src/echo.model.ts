import { orAborted } from './within-deadline';
import { answerTurn } from './echo-turn';
import { reflect } from './echo-reflection';
import {
  estimateTokens,
  type ModelOptions,
  type ModelPort,
  type ModelReply,
  type ModelRequest,
} from './model.port';

export const ECHO = { provider: 'echo', model: 'echo-1' } as const;

/**
 * No language model at all: a deterministic one that needs no network. It answers from the context that it was given, so
 * that a demo shows the mind's memory at work and tests can replay: the same request has the same reply, for ever.
 */
export class EchoModel implements ModelPort {
  complete(request: ModelRequest, options: ModelOptions): Promise<ModelReply> {
    return orAborted(options.signal, () => Promise.resolve(this.answer(request, options)));
  }

  private answer(request: ModelRequest, options: ModelOptions): ModelReply {
    const text = request.purpose === 'reflection' ? reflect(request) : answerTurn(request);
    for (const token of text.match(/\s*\S+\s*/gu) ?? []) options.onToken?.(token);
    const asked = request.messages.map(({ content }) => content).join('\n');
    const usage = { inputTokens: estimateTokens(asked), outputTokens: estimateTokens(text) };
    return { text, usage, ...request.choice };
  }
}
