export {
  CHARS_PER_TOKEN,
  CONTEXT_KINDS,
  estimateTokens,
  type ContextItem,
  type ContextKind,
  type ModelChoice,
  type ModelMessage,
  type ModelOptions,
  type ModelPort,
  type ModelPurpose,
  type ModelReply,
  type ModelRequest,
  type ModelUsage,
} from './model.port';
export { AnthropicModel } from './anthropic.model';
export { ECHO, EchoModel } from './echo.model';
export { ModelFailure } from './model-failure';
export { modelSettings, PROVIDERS, type ModelSettings, type Provider } from './model-settings';
export { Models, type ModelsOptions } from './models';
export { OpenAiModel, type ServerOptions } from './openai.model';
export { PatientModel, RETRY, type PatienceOptions } from './patient.model';
export { ScriptedModel, type ScriptStep } from './scripted.model';
export { TokenBudget } from './token-budget';
export { orAborted, withinDeadline } from './within-deadline';
