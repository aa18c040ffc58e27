import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface AskedOfModel {
  system: string;
  user: string;
}
/** What the model answers; null: the server fails. */
export type Script = (asked: AskedOfModel, n: number) => string | null;

/** A real OpenAI-compatible server on the loopback whose answers are a function of what it is asked. */
export class ScriptedModel {
  readonly asked: AskedOfModel[] = [];

  private constructor(
    private readonly server: ReturnType<typeof createServer>,
    private readonly script: Script,
  ) {}

  static async start(script: Script): Promise<ScriptedModel> {
    const server = createServer((request, response) => {
      void bodyOf(request).then((body) => {
        const text = self.answer(body);
        response.writeHead(text === null ? 400 : 200, { 'content-type': 'application/json' });
        const choices = [{ index: 0, message: { role: 'assistant', content: text }, finish_reason: 'stop' }];
        response.end(JSON.stringify(text === null ? { error: { message: 'as told' } } : { choices }));
      });
    });
    const self = new ScriptedModel(server, script);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return self;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private answer(body: string): string | null {
    const { messages } = JSON.parse(body) as { messages: { role: string; content: string }[] };
    const last = (role: string) => messages.findLast((message) => message.role === role)?.content ?? '';
    const asked = { system: last('system'), user: last('user') };
    this.asked.push(asked);
    return this.script(asked, this.asked.length);
  }
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  let text = '';
  for await (const chunk of request) text += String(chunk);
  return text;
}
