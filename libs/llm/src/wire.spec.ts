import { AnthropicModel } from './anthropic.model';
import { ModelFailure } from './model-failure';
import type { ModelPort } from './model.port';
import { OpenAiModel } from './openai.model';
import { aRequest } from './testing/model-conformance';
import { anthropicWire, ModelServer, openAiWire } from './testing/model-server';

const signal = new AbortController().signal;
const failure = (model: ModelPort) =>
  model.complete(aRequest(), { signal }).then(
    () => {
      throw new Error('it should have failed');
    },
    (error: unknown) => error as ModelFailure,
  );

const ADAPTERS = [
  {
    name: 'openai-compatible',
    wire: openAiWire,
    open: (url: string) => new OpenAiModel({ baseUrl: `${url}/v1/` }),
  },
  {
    name: 'anthropic',
    wire: anthropicWire,
    open: (url: string) => new AnthropicModel({ baseUrl: `${url}/v1` }),
  },
];

describe.each(ADAPTERS)('$name on the wire', ({ wire, open }) => {
  let server: ModelServer;
  let model: ModelPort;
  beforeEach(async () => {
    server = await ModelServer.start(wire);
    model = open(server.url);
  });
  afterEach(() => server.stop());

  it('reads an answer that is cut inside characters, and the usage that the server counts', async () => {
    server.next({ kind: 'answer', tokens: ['Grü', 'ße ', '🙂🙂'] });
    expect(await model.complete(aRequest(), { signal })).toEqual({
      text: 'Grüße 🙂🙂',
      usage: { inputTokens: 11, outputTokens: 7 },
      provider: 'some-provider',
      model: 'some-model',
    });
  });

  it('understands a server that does not stream', async () => {
    server.next({ kind: 'whole', text: 'all at once' });
    const pieces: string[] = [];
    const reply = await model.complete(aRequest(), { signal, onToken: (piece) => pieces.push(piece) });
    expect(reply).toMatchObject({ text: 'all at once', usage: { inputTokens: 11, outputTokens: 7 } });
    expect(pieces).toEqual(['all at once']);
  });

  it.each([400, 401, 403, 404, 413, 422, 302])(
    'takes status %d for a refusal and quotes the server',
    async (status) => {
      server.next({ kind: 'status', status, message: 'no such\n model' });
      const error = await failure(model);
      expect(error).toMatchObject({ code: 'model_refused', retryable: false });
      expect(error.message).toContain('no such model');
    },
  );

  it.each([408, 409, 429, 500, 502, 503, 529])(
    'takes status %d for a failure that may pass',
    async (status) => {
      server.next({ kind: 'status', status });
      expect(await failure(model)).toMatchObject({ code: 'model_unavailable', retryable: true });
    },
  );

  it('knows how long the server wants to be left alone', async () => {
    server.next({ kind: 'status', status: 429, retryAfter: '2' });
    expect(await failure(model)).toMatchObject({ retryAfterMs: 2000 });
  });

  it('reports an error that comes inside the stream', async () => {
    server.next({ kind: 'errorInStream', tokens: ['so '], message: 'overloaded just now' });
    const error = await failure(model);
    expect(error).toMatchObject({ code: 'model_unavailable' });
    expect(error.message).toContain('overloaded just now');
  });

  it('does not take an answer without an end for whole', async () => {
    server.next({ kind: 'unfinished', tokens: ['half an '] });
    expect(await failure(model)).toMatchObject({ code: 'model_unavailable' });
  });

  it('does not take a web page for an answer', async () => {
    server.next({ kind: 'garbage' });
    expect(await failure(model)).toMatchObject({ code: 'model_unavailable' });
  });

  it('refuses an answer that no event could hold', async () => {
    server.next({ kind: 'answer', tokens: Array.from({ length: 70 }, () => 'x'.repeat(1024)) });
    expect(await failure(model)).toMatchObject({ code: 'model_refused' });
  });

  it('says that nobody is there', async () => {
    await server.stop();
    expect(await failure(model)).toMatchObject({ code: 'model_unavailable', retryable: true });
  });

  it('hangs up when it is aborted in the middle of an answer', async () => {
    server.next({ kind: 'hang', tokens: ['I ', 'am '] });
    const controller = new AbortController();
    const pieces: string[] = [];
    const onToken = (piece: string) => pieces.push(piece) === 2 && controller.abort(new Error('enough'));
    await expect(model.complete(aRequest(), { signal: controller.signal, onToken })).rejects.toThrow(
      'enough',
    );
    for (let wait = 0; wait < 100 && server.aborted === 0; wait++)
      await new Promise((r) => setTimeout(r, 10));
    expect(server.aborted).toBe(1);
  });
});

describe('what is asked', () => {
  it('goes to OpenAI as chat completions', async () => {
    const server = await ModelServer.start(openAiWire);
    server.next({ kind: 'answer', tokens: ['ok'] });
    await new OpenAiModel({ baseUrl: `${server.url}/v1`, apiKey: 'secret' }).complete(aRequest(), { signal });
    expect(server.seen[0]?.url).toBe('/v1/chat/completions');
    expect(server.seen[0]?.headers.authorization).toBe('Bearer secret');
    expect(server.seen[0]?.body).toMatchObject({
      model: 'some-model',
      stream: true,
      messages: aRequest().messages,
    });
    await server.stop();
  });

  it('goes to Anthropic with the system text apart and roles that alternate', async () => {
    const server = await ModelServer.start(anthropicWire);
    server.next({ kind: 'answer', tokens: ['ok'] });
    const messages = [
      { role: 'system', content: 'You are Ada.' },
      { role: 'assistant', content: 'Earlier.' },
      { role: 'user', content: 'One.' },
      { role: 'user', content: 'Two.' },
    ] as const;
    await new AnthropicModel({ baseUrl: server.url, apiKey: 'secret' }).complete(aRequest({ messages }), {
      signal,
    });
    expect(server.seen[0]?.url).toBe('/v1/messages');
    expect(server.seen[0]?.headers).toMatchObject({
      'x-api-key': 'secret',
      'anthropic-version': '2023-06-01',
    });
    expect(server.seen[0]?.body).toMatchObject({
      system: 'You are Ada.',
      messages: [
        { role: 'user', content: '(begin)' },
        { role: 'assistant', content: 'Earlier.' },
        { role: 'user', content: 'One.\n\nTwo.' },
      ],
    });
    await server.stop();
  });
});
