import { AnthropicModel } from './anthropic.model';
import { EchoModel } from './echo.model';
import type { ModelPort } from './model.port';
import { OpenAiModel } from './openai.model';
import { ScriptedModel } from './scripted.model';
import { conforms, type Situation, type Subject } from './testing/model-conformance';
import { anthropicWire, ModelServer, openAiWire, type Behaviour, type Wire } from './testing/model-server';

function behaviourOf(situation: Situation): Behaviour {
  switch (situation.kind) {
    case 'answers':
      return { kind: 'answer', tokens: situation.tokens };
    case 'empty':
      return { kind: 'answer', tokens: [] };
    case 'hangs':
      return { kind: 'hang', tokens: ['I am '] };
    case 'overloaded':
      return { kind: 'status', status: 429 };
    case 'fails':
      return { kind: 'status', status: 503 };
    case 'brokenOff':
      return { kind: 'cut', tokens: ['I am '] };
    case 'refuses':
      return { kind: 'refusal' };
  }
}

function overHttp(name: string, wire: Wire, adapter: (baseUrl: string) => ModelPort): void {
  let server: ModelServer;
  beforeEach(async () => (server = await ModelServer.start(wire)));
  afterEach(() => server.stop());
  conforms(name, () => ({
    inSituation(situation) {
      server.next(behaviourOf(situation));
      return adapter(server.url);
    },
  }));
}

describe('over HTTP', () => {
  overHttp(
    'openai-compatible',
    openAiWire,
    (url) => new OpenAiModel({ baseUrl: `${url}/v1`, apiKey: 'key' }),
  );
});

describe('over HTTP too', () => {
  overHttp('anthropic', anthropicWire, (url) => new AnthropicModel({ baseUrl: url, apiKey: 'key' }));
});

const scripted: Subject = {
  inSituation(situation) {
    switch (situation.kind) {
      case 'answers':
        return new ScriptedModel({ tokens: situation.tokens });
      case 'empty':
        return new ScriptedModel({ say: '' });
      case 'hangs':
        return new ScriptedModel({ hang: true });
      case 'overloaded':
      case 'fails':
        return new ScriptedModel({ fail: 'model_unavailable' });
      case 'brokenOff':
        return new ScriptedModel({ fail: 'model_unavailable', afterTokens: ['I am '] });
      case 'refuses':
        return new ScriptedModel({ fail: 'model_refused' });
    }
  },
};
conforms('scripted', () => scripted);

conforms('echo', () => ({
  inSituation: ({ kind }) =>
    kind === 'answers' ? new EchoModel() : { skip: `echo is a function without a network: it never ${kind}` },
}));
