import type { Style } from '#libs/contracts';

/** What a call is for. */
export type ModelPurpose = 'turn' | 'reflection';

/** Who answers: an adapter's name and a model that this adapter knows. */
export interface ModelChoice {
  provider: string;
  model: string;
}

export interface ModelMessage {
  role: 'system' | 'user' | 'assistant';
  content: string;
}

export const CONTEXT_KINDS = [
  /** The mind's name; absent when it has none. */
  'identity',
  /** The user's name. */
  'user',
  'stage',
  'directive',
  'commitment',
  /** The text of a reflection. */
  'reflection',
  'knowledge',
  /** Something said long ago that fits to what is said now. */
  'recalled',
  /** Something said lately, in order. */
  'said',
] as const;
export type ContextKind = (typeof CONTEXT_KINDS)[number];

/**
 * One thing that a model is told about the mind. The messages hold the same in words; the items let a model that needs
 * no language (`echo`) answer from memory, and tests see what was told.
 */
export interface ContextItem {
  kind: ContextKind;
  /** The event that it comes from, or the position up to which it was folded: shown to the model as `[#n]`. */
  position: number;
  /** The bare value: a name, a directive's text, what was said. */
  text: string;
  /** Who said it, for `said` and `recalled`. */
  speaker?: 'user' | 'assistant';
  /** Of a commitment. */
  cid?: string;
}

export interface ModelRequest {
  purpose: ModelPurpose;
  choice: ModelChoice;
  /** What a language model reads, `system` first. */
  messages: readonly ModelMessage[];
  /** What the messages are built from. */
  context: readonly ContextItem[];
  /** The words of the user that are to be answered; empty for a reflection. */
  input: string;
  /** The style of a reflection. */
  style?: Style;
  /** Marks and ids that an earlier answer to the same input named and that do not exist. */
  corrected?: readonly string[];
}

export interface ModelUsage {
  inputTokens: number;
  outputTokens: number;
}

export interface ModelReply extends ModelChoice {
  /** Never blank. */
  text: string;
  /** As the provider counted; where it does not say, a quarter of the characters. */
  usage: ModelUsage;
}

export interface ModelOptions {
  /** Aborting rejects the call with the signal's reason, soon. */
  signal: AbortSignal;
  /** Receives the reply piece by piece; together the pieces are its `text`. */
  onToken?: (text: string) => void;
  /** What came by `onToken` so far is void; the reply begins anew. Called only between two tries, never before a first token. */
  onRestart?: (reason: string) => void;
}

/**
 * A language model, or what stands in for one.
 * Rejects with an `AppError`: `model_unavailable` (a later try may succeed: rate limits, failures of the network or
 * the server, an answer that is empty or cut off) or `model_refused` (it will not answer this: bad key, bad request,
 * content filter). Rejects with `options.signal.reason` when aborted.
 */
export interface ModelPort {
  complete(request: ModelRequest, options: ModelOptions): Promise<ModelReply>;
}

/** Characters that count as one token where nobody counts better. */
export const CHARS_PER_TOKEN = 4;

/** Roughly how many tokens a text has: a quarter of its characters, rounded up. */
export const estimateTokens = (text: string): number => Math.ceil(text.length / CHARS_PER_TOKEN);
