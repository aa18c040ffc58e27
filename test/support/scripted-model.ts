import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface AskedOfModel {
  system: string;
  user: string;
}
/** A server that fails with a status (400 is for good, 500 may pass), or never answers. */
export type ModelFault = { status: number } | 'hang';
/** What the model answers. */
export type Script = (asked: AskedOfModel, n: number) => string | ModelFault;

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
        const said = self.answer(body);
        if (said === 'hang') return;
        const failed = typeof said === 'object';
        response.writeHead(failed ? said.status : 200, { 'content-type': 'application/json' });
        const message = { role: 'assistant', content: said };
        const choices = [{ index: 0, message, finish_reason: 'stop' }];
        response.end(JSON.stringify(failed ? { error: { message: 'as told' } } : { choices }));
      });
    });
    const self = new ScriptedModel(server, script);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return self;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** Of a system whose minds it answers. */
  settings(timeoutMs: number): Record<string, string> {
    return {
      PMM_MODEL_PROVIDER: 'openai-compatible',
      PMM_MODEL: 'scripted',
      PMM_MODEL_BASE_URL: this.url,
      PMM_MODEL_API_KEY: 'none',
      PMM_MODEL_TIMEOUT_MS: String(timeoutMs),
    };
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private answer(body: string): string | ModelFault {
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
