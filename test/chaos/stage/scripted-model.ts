import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { openAiWire } from '../../../libs/llm/src/testing/model-server';

/** What the model does with the next requests. */
export type ModelMood = 'answers' | 'hangs' | 'errs' | 'says-nothing';

const REFLECTION = /reflect/i;

/** A model's API on loopback whose mood the faults change; it answers in OpenAI's stream format. */
export class ScriptedModel {
  mood: ModelMood = 'answers';
  readonly asked: Record<ModelMood, number> = { answers: 0, hangs: 0, errs: 0, 'says-nothing': 0 };
  readonly #server: Server;

  private constructor() {
    this.#server = createServer((request, response) => void this.#serve(request, response));
  }

  static async start(): Promise<ScriptedModel> {
    const model = new ScriptedModel();
    await new Promise<void>((resolve) => model.#server.listen(0, '127.0.0.1', resolve));
    return model;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/v1`;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    let prompt = '';
    for await (const piece of request) prompt += String(piece);
    this.asked[this.mood] += 1;
    if (this.mood === 'hangs') return;
    if (this.mood === 'errs') return fail(response);
    const tokens = this.mood === 'says-nothing' ? [] : answerTo(prompt, this.asked.answers);
    response.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8' });
    for (const event of openAiWire.start()) response.write(event);
    for (const token of tokens) response.write(openAiWire.token(token));
    response.end(openAiWire.end(true).join(''));
  }
}

function fail(response: ServerResponse): void {
  response.writeHead(500, { 'content-type': 'application/json' });
  response.end(JSON.stringify({ error: { message: 'the model is told to fail', type: 'server_error' } }));
}

/** Now and then with a control line, so that replies open commitments too. */
function answerTo(prompt: string, n: number): string[] {
  const thought = REFLECTION.test(prompt) ? 'Looking back, I see what was said and done.' : 'I heard you.';
  const lines = [thought, `This is my answer number ${n}, and it says little else.`];
  if (n % 3 === 0) lines.push(`COMMIT: look after matter number ${n}`);
  return lines.join('\n').match(/.{1,12}|\n/gs) ?? [];
}
