import type { EventSourceMessage } from 'eventsource-parser';
import { isRecord, messageIn, parseJson } from './http-failure';
import { postForEvents } from './http-stream';
import { ModelFailure } from './model-failure';
import type { ModelOptions, ModelPort, ModelReply, ModelRequest } from './model.port';
import { ReplyBuilder } from './reply-builder';

export interface ServerOptions {
  /** Where the API begins, e.g. `http://127.0.0.1:11434/v1`. */
  baseUrl: string;
  apiKey?: string;
}

/**
 * Any server that speaks OpenAI's chat completions: OpenAI, Ollama, vLLM, LM Studio and others. Streams; a server that
 * answers a streamed request with plain JSON is understood too.
 */
export class OpenAiModel implements ModelPort {
  private readonly url: string;
  private readonly headers: Record<string, string>;

  constructor({ baseUrl, apiKey }: ServerOptions) {
    this.url = `${baseUrl.replace(/\/+$/u, '')}/chat/completions`;
    this.headers = apiKey ? { authorization: `Bearer ${apiKey}` } : {};
  }

  async complete(request: ModelRequest, options: ModelOptions): Promise<ModelReply> {
    const reply = new ReplyBuilder(request, options);
    let finished = false;
    await postForEvents(
      { url: this.url, headers: this.headers, body: bodyOf(request), signal: options.signal },
      (event) => {
        if (event.data.trim() === '[DONE]') {
          finished = true;
          return 'complete';
        }
        finished = takeChunk(event, reply) || finished;
        return 'more';
      },
    );
    if (!finished) throw new ModelFailure('model_unavailable', "the model's answer broke off");
    return reply.done();
  }
}

const bodyOf = ({ choice, messages }: ModelRequest) => ({
  model: choice.model,
  messages,
  stream: true,
  stream_options: { include_usage: true },
});

/** True when this chunk says why the model ended. */
function takeChunk({ data, event }: EventSourceMessage, reply: ReplyBuilder): boolean {
  const chunk = parseJson(data);
  if (!isRecord(chunk)) throw new ModelFailure('model_unavailable', "the model's answer is not JSON");
  if (event === 'error' || (chunk['error'] ?? null) !== null) {
    throw new ModelFailure('model_unavailable', `the model failed: ${messageIn(data)}`);
  }
  const usage = chunk['usage'];
  if (isRecord(usage)) reply.count(usage['prompt_tokens'], usage['completion_tokens']);
  const choices: unknown = chunk['choices'];
  const first: unknown = Array.isArray(choices) ? choices[0] : undefined;
  if (!isRecord(first)) return false;
  const said = first['delta'] ?? first['message'];
  if (isRecord(said)) {
    if (typeof said['refusal'] === 'string' && said['refusal'] !== '') throw refused(said['refusal']);
    reply.add(said['content']);
  }
  if (first['finish_reason'] === 'content_filter') throw refused('its content filter stopped it');
  return typeof first['finish_reason'] === 'string';
}

const refused = (why: string) => new ModelFailure('model_refused', `the model refused: ${why.slice(0, 300)}`);
