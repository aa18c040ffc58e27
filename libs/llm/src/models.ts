import { AppError, systemClock, type Clock } from '#libs/kernel';
import { AnthropicModel } from './anthropic.model';
import { ECHO, EchoModel } from './echo.model';
import type { ModelChoice, ModelOptions, ModelPort, ModelReply, ModelRequest } from './model.port';
import { ModelFailure } from './model-failure';
import type { ModelSettings, Provider } from './model-settings';
import { OpenAiModel } from './openai.model';
import { PatientModel } from './patient.model';

const OPENAI_URL = 'https://api.openai.com/v1';
const ANTHROPIC_URL = 'https://api.anthropic.com';

export interface ModelsOptions {
  timeoutMs: number;
  clock?: Pick<Clock, 'sleep'>;
  random?: () => number;
}

/** The models that this process can ask, by provider, each with deadline and retries. */
export class Models implements ModelPort {
  private readonly byProvider: ReadonlyMap<string, ModelPort>;

  /** @param standard Who answers for a mind that has chosen nothing else. */
  constructor(
    readonly standard: ModelChoice,
    providers: Readonly<Record<string, ModelPort>>,
    { timeoutMs, clock = systemClock, random = Math.random }: ModelsOptions,
  ) {
    this.byProvider = new Map(
      Object.entries(providers).map(([name, model]) => [
        name,
        new PatientModel(model, { timeoutMs, clock, random }),
      ]),
    );
  }

  /** `echo` is always there; one other provider when the settings name it. @throws AppError `invalid_request`. */
  static from(settings: ModelSettings): Models {
    const provider = providerOf(settings);
    const providers: Record<string, ModelPort> = { echo: new EchoModel() };
    const remote = remoteOf(settings, provider);
    if (remote) providers[remote.name] = remote.model;
    return new Models(standardOf(settings, provider), providers, {
      timeoutMs: settings.PMM_MODEL_TIMEOUT_MS,
    });
  }

  /** What a mind is asked by: its own choice, filled up from the standard one. */
  choose(own: { provider?: string | null; model?: string | null }): ModelChoice {
    const provider = own.provider ?? this.standard.provider;
    const usual = provider === ECHO.provider && provider !== this.standard.provider ? ECHO : this.standard;
    return { provider, model: own.model ?? usual.model };
  }

  knows(provider: string): boolean {
    return this.byProvider.has(provider);
  }

  get providers(): string[] {
    return [...this.byProvider.keys()];
  }

  /** Rejects with `model_refused` for a provider that is not set up here; else as {@link ModelPort} says. */
  complete(request: ModelRequest, options: ModelOptions): Promise<ModelReply> {
    const { provider } = request.choice;
    const model = this.byProvider.get(provider);
    if (model) return model.complete(request, options);
    const message = `the provider ${JSON.stringify(provider)} is not set up here; known: ${this.providers.join(', ')}`;
    return Promise.reject(new ModelFailure('model_refused', message));
  }
}

const providerOf = (settings: ModelSettings): Provider =>
  settings.PMM_MODEL_PROVIDER ?? (settings.PMM_MODEL_BASE_URL ? 'openai-compatible' : 'echo');

function standardOf(settings: ModelSettings, provider: Provider): ModelChoice {
  const { PMM_MODEL: model } = settings;
  if (provider === 'echo') {
    refuseUnread(settings);
    return { ...ECHO, ...(model ? { model } : {}) };
  }
  if (!model) throw new AppError('invalid_request', `PMM_MODEL must name a model of ${provider}`);
  return { provider, model };
}

/** Who names a model or a key and not where it is would talk to echo without knowing. */
function refuseUnread(settings: ModelSettings): void {
  if (settings.PMM_MODEL_PROVIDER) return;
  for (const name of ['PMM_MODEL', 'PMM_MODEL_API_KEY'] as const)
    if (settings[name])
      throw new AppError(
        'invalid_request',
        `${name} needs PMM_MODEL_BASE_URL or PMM_MODEL_PROVIDER beside it`,
      );
}

function remoteOf(settings: ModelSettings, provider: Provider): { name: Provider; model: ModelPort } | null {
  const { PMM_MODEL_BASE_URL: baseUrl, PMM_MODEL_API_KEY: apiKey } = settings;
  if (provider === 'anthropic') {
    return { name: 'anthropic', model: new AnthropicModel({ baseUrl: baseUrl ?? ANTHROPIC_URL, apiKey }) };
  }
  if (provider === 'echo' && !baseUrl) return null;
  if (!baseUrl && !apiKey) {
    throw new AppError(
      'invalid_request',
      'PMM_MODEL_PROVIDER openai-compatible needs PMM_MODEL_BASE_URL or a key',
    );
  }
  return { name: 'openai-compatible', model: new OpenAiModel({ baseUrl: baseUrl ?? OPENAI_URL, apiKey }) };
}
