import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** How the server answers one request. */
export type Behaviour =
  | { kind: 'answer'; tokens: string[]; withoutUsage?: boolean }
  | { kind: 'whole'; text: string }
  | { kind: 'status'; status: number; message?: string; retryAfter?: string }
  | { kind: 'errorInStream'; tokens: string[]; message: string }
  /** Ends the connection in the middle of the answer. */
  | { kind: 'cut'; tokens: string[] }
  /** Ends the answer properly, but without what says that it is complete. */
  | { kind: 'unfinished'; tokens: string[] }
  | { kind: 'hang'; tokens?: string[] }
  | { kind: 'garbage' }
  | { kind: 'refusal' };

export interface Seen {
  url: string;
  headers: IncomingMessage['headers'];
  body: Record<string, unknown>;
}

/** The two wire formats that the adapters speak. */
export interface Wire {
  /** The events of a streamed answer, without what ends it. */
  start(): string[];
  token(text: string): string;
  end(usage: boolean): string[];
  whole(text: string): unknown;
  errorInStream(message: string): string;
  refusal(): string[];
}

/** A real HTTP server on the loopback that plays a model's API, one behaviour a request, in order. */
export class ModelServer {
  readonly seen: Seen[] = [];
  /** Connections that the client ended while the answer was open. */
  aborted = 0;
  private readonly behaviours: Behaviour[] = [];
  private readonly server = createServer((request, response) => void this.serve(request, response));

  private constructor(private readonly wire: Wire) {}

  static async start(wire: Wire): Promise<ModelServer> {
    const self = new ModelServer(wire);
    await new Promise<void>((resolve) => self.server.listen(0, '127.0.0.1', resolve));
    return self;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  next(...behaviours: Behaviour[]): void {
    this.behaviours.push(...behaviours);
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private async serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    let text = '';
    for await (const chunk of request) text += String(chunk);
    this.seen.push({
      url: request.url ?? '',
      headers: request.headers,
      body: JSON.parse(text) as Record<string, unknown>,
    });
    response.on('close', () => (this.aborted += response.writableFinished ? 0 : 1));
    const behaviour = this.behaviours.shift() ?? {
      kind: 'status',
      status: 500,
      message: 'no behaviour left',
    };
    if (behaviour.kind === 'status') return sendStatus(response, behaviour);
    if (behaviour.kind === 'whole') return sendJson(response, this.wire.whole(behaviour.text));
    if (behaviour.kind === 'garbage') return sendText(response, '<html>not a model</html>');
    await this.stream(response, behaviour);
  }

  private async stream(
    response: ServerResponse,
    behaviour: Exclude<Behaviour, { kind: 'status' | 'whole' | 'garbage' }>,
  ): Promise<void> {
    response.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8' });
    const tokens = 'tokens' in behaviour ? (behaviour.tokens ?? []) : [];
    const events = [
      ': a comment\n\n',
      ...this.wire.start(),
      ...tokens.map((token) => this.wire.token(token)),
      ...this.ending(behaviour),
    ];
    for (const event of events) await writeInPieces(response, event);
    if (behaviour.kind === 'cut') response.destroy();
    else if (behaviour.kind !== 'hang') response.end();
  }

  private ending(behaviour: Behaviour): string[] {
    switch (behaviour.kind) {
      case 'answer':
        return this.wire.end(!behaviour.withoutUsage);
      case 'errorInStream':
        return [this.wire.errorInStream(behaviour.message)];
      case 'refusal':
        return this.wire.refusal();
      default:
        return [];
    }
  }
}

const SHORT_BYTES = 1_000;

/** Short events are cut inside words and characters, and sent piece by piece, as networks do. */
async function writeInPieces(response: ServerResponse, event: string): Promise<void> {
  const bytes = Buffer.from(event);
  const step = bytes.length < SHORT_BYTES ? 7 : bytes.length;
  for (let at = 0; at < bytes.length && !response.destroyed; at += step) {
    response.write(bytes.subarray(at, at + step));
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
}

function sendStatus(response: ServerResponse, behaviour: Extract<Behaviour, { kind: 'status' }>): void {
  const { status, message = 'as told', retryAfter } = behaviour;
  response.writeHead(status, {
    'content-type': 'application/json',
    ...(retryAfter ? { 'retry-after': retryAfter } : {}),
  });
  response.end(JSON.stringify({ error: { message, type: 'some_error' } }));
}

function sendJson(response: ServerResponse, body: unknown): void {
  response.writeHead(200, { 'content-type': 'application/json' });
  response.end(JSON.stringify(body));
}

function sendText(response: ServerResponse, text: string): void {
  response.writeHead(200, { 'content-type': 'text/html' });
  response.end(text);
}

const data = (value: unknown) => `data: ${JSON.stringify(value)}\n\n`;
const choice = (delta: object, finish: string | null) => ({
  // Some servers say so in every chunk.
  error: null,
  choices: [{ index: 0, delta, finish_reason: finish }],
});

/** OpenAI's chat completions. */
export const openAiWire: Wire = {
  start: () => [data(choice({ role: 'assistant', content: '' }, null))],
  token: (text) => data(choice({ content: text }, null)),
  end: (usage) => [
    data(choice({}, 'stop')),
    ...(usage
      ? [data({ choices: [], usage: { prompt_tokens: 11, completion_tokens: 7, total_tokens: 18 } })]
      : []),
    'data: [DONE]\n\n',
  ],
  whole: (text) => ({
    choices: [{ index: 0, message: { role: 'assistant', content: text }, finish_reason: 'stop' }],
    usage: { prompt_tokens: 11, completion_tokens: 7 },
  }),
  errorInStream: (message) => data({ error: { message, type: 'server_error' } }),
  refusal: () => [data(choice({}, 'content_filter')), 'data: [DONE]\n\n'],
};

const typed = (value: { type: string }) => `event: ${value.type}\n${data(value)}`;
const delta = (text: string) => ({
  type: 'content_block_delta',
  index: 0,
  delta: { type: 'text_delta', text },
});
const ended = (reason: string, usage: object) => ({
  type: 'message_delta',
  delta: { stop_reason: reason },
  ...usage,
});

/** Anthropic's messages API. */
export const anthropicWire: Wire = {
  start: () => [
    typed({
      type: 'message_start',
      ...{ message: { role: 'assistant', content: [], usage: { input_tokens: 11, output_tokens: 1 } } },
    }),
    typed({ type: 'content_block_start', ...{ index: 0, content_block: { type: 'text', text: '' } } }),
    typed({ type: 'ping' }),
  ],
  token: (text) => typed(delta(text)),
  end: (usage) => [
    typed({ type: 'content_block_stop', ...{ index: 0 } }),
    typed(ended('end_turn', usage ? { usage: { output_tokens: 7 } } : {})),
    typed({ type: 'message_stop' }),
  ],
  whole: (text) => ({
    type: 'message',
    content: [{ type: 'text', text }],
    stop_reason: 'end_turn',
    usage: { input_tokens: 11, output_tokens: 7 },
  }),
  errorInStream: (message) => typed({ type: 'error', ...{ error: { type: 'overloaded_error', message } } }),
  refusal: () => [typed(ended('refusal', {})), typed({ type: 'message_stop' })],
};
