import type { EventSourceMessage } from 'eventsource-parser';
import { isRecord, messageIn, parseJson } from './http-failure';
import { postForEvents } from './http-stream';
import { ModelFailure } from './model-failure';
import type { ModelMessage, ModelOptions, ModelPort, ModelReply, ModelRequest } from './model.port';
import type { ServerOptions } from './openai.model';
import { ReplyBuilder } from './reply-builder';

const API_VERSION = '2023-06-01';
/** The API wants a bound; replies of a mind are short. */
const MAX_TOKENS = 4_096;

/** Anthropic's messages API, streamed. `baseUrl` with or without `/v1`. */
export class AnthropicModel implements ModelPort {
  private readonly url: string;
  private readonly headers: Record<string, string>;

  constructor({ baseUrl, apiKey }: ServerOptions) {
    this.url = `${baseUrl.replace(/\/+$/u, '').replace(/\/v1$/u, '')}/v1/messages`;
    this.headers = { 'anthropic-version': API_VERSION, ...(apiKey ? { 'x-api-key': apiKey } : {}) };
  }

  async complete(request: ModelRequest, options: ModelOptions): Promise<ModelReply> {
    const reply = new ReplyBuilder(request, options);
    let finished = false;
    await postForEvents(
      { url: this.url, headers: this.headers, body: bodyOf(request), signal: options.signal },
      (event) => {
        finished = takeEvent(event, reply) || finished;
        return finished ? 'complete' : 'more';
      },
    );
    if (!finished) throw new ModelFailure('model_unavailable', "the model's answer broke off");
    return reply.done();
  }
}

function bodyOf({ choice, messages }: ModelRequest) {
  const system = messages.filter(({ role }) => role === 'system').map(({ content }) => content);
  return {
    model: choice.model,
    max_tokens: MAX_TOKENS,
    stream: true,
    ...(system.length ? { system: system.join('\n\n') } : {}),
    messages: inTurns(messages.filter(({ role }) => role !== 'system')),
  };
}

/** The API wants the user to begin and the roles to alternate: neighbours of one role become one message. */
function inTurns(messages: readonly ModelMessage[]): ModelMessage[] {
  const turns: ModelMessage[] = messages[0]?.role === 'user' ? [] : [{ role: 'user', content: '(begin)' }];
  for (const message of messages) {
    const last = turns.at(-1);
    if (last?.role === message.role) last.content += `\n\n${message.content}`;
    else turns.push({ ...message });
  }
  return turns;
}

/** True when the message is complete. */
function takeEvent({ data }: EventSourceMessage, reply: ReplyBuilder): boolean {
  const event = parseJson(data);
  if (!isRecord(event)) throw new ModelFailure('model_unavailable', "the model's answer is not JSON");
  switch (event['type']) {
    case 'message_start':
      countUsage(isRecord(event['message']) ? event['message']['usage'] : undefined, reply);
      return false;
    case 'content_block_delta':
      if (isRecord(event['delta'])) reply.add(event['delta']['text']);
      return false;
    case 'message_delta':
      countUsage(event['usage'], reply);
      if (isRecord(event['delta']) && event['delta']['stop_reason'] === 'refusal') {
        throw new ModelFailure('model_refused', 'the model refused to answer');
      }
      return false;
    case 'message_stop':
      return true;
    case 'error':
      throw new ModelFailure('model_unavailable', `the model failed: ${messageIn(data)}`);
    case 'message':
      return takeWhole(event, reply);
    default:
      return false;
  }
}

/** A gateway in between may answer a streamed request with the whole message. */
function takeWhole(message: Record<string, unknown>, reply: ReplyBuilder): boolean {
  const blocks: unknown[] = Array.isArray(message['content']) ? message['content'] : [];
  for (const block of blocks) if (isRecord(block)) reply.add(block['text']);
  countUsage(message['usage'], reply);
  return true;
}

function countUsage(usage: unknown, reply: ReplyBuilder): void {
  if (isRecord(usage)) reply.count(usage['input_tokens'], usage['output_tokens']);
}
