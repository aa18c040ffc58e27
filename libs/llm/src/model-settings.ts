import { z } from 'zod';

const blankAsAbsent = (value: unknown) => (value === '' ? undefined : value);
const text = z.preprocess(blankAsAbsent, z.string().min(1).max(500).optional());
const whole = (min: number, max: number) => z.coerce.number().int().min(min).max(max);

export const PROVIDERS = ['echo', 'openai-compatible', 'anthropic'] as const;
export type Provider = (typeof PROVIDERS)[number];

/**
 * The settings of a service that asks models; spread it into the service's own schema. As variables of the environment:
 * `PMM_MODEL_PROVIDER`, `PMM_MODEL`, `PMM_MODEL_BASE_URL`, `PMM_MODEL_API_KEY`, `PMM_MODEL_TIMEOUT_MS`,
 * `PMM_MODEL_CONTEXT_TOKENS`, `PMM_TOKENS_PER_DAY`.
 */
export const modelSettings = {
  modelProvider: z
    .preprocess(blankAsAbsent, z.enum(PROVIDERS).optional())
    .describe(
      'who answers: echo, openai-compatible or anthropic; openai-compatible when only a base URL is set',
    ),
  model: text.describe('the model, as its provider names it'),
  modelBaseUrl: z
    .preprocess(blankAsAbsent, z.url({ protocol: /^https?$/ }).optional())
    .describe("where the model's API begins, e.g. http://127.0.0.1:11434/v1"),
  modelApiKey: text.describe('the key for it'),
  modelTimeoutMs: whole(100, 3_600_000).default(60_000).describe('for one answer, retries included'),
  modelContextTokens: whole(1_024, 10_000_000)
    .default(8_192)
    .describe("size of the model's context; half of it is filled with what the mind knows"),
  tokensPerDay: z
    .preprocess(blankAsAbsent, whole(1, 1e12).optional())
    .describe('tokens that a mind may use a day (UTC); absent: no limit'),
} as const;

export type ModelSettings = z.infer<z.ZodObject<typeof modelSettings>>;
