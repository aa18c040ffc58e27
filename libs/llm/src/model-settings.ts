import { z } from 'zod';

const whole = (min: number, max: number) => z.coerce.number().int().min(min).max(max);

export const PROVIDERS = ['echo', 'openai-compatible', 'anthropic'] as const;
export type Provider = (typeof PROVIDERS)[number];

/** The settings of a service that asks models, by the name of their variable; spread it into the service's own schema. */
export const modelSettings = {
  PMM_MODEL_PROVIDER: z
    .enum(PROVIDERS)
    .optional()
    .describe('echo, openai-compatible or anthropic; absent: openai-compatible with a base URL, else echo'),
  PMM_MODEL: z.string().min(1).max(128).optional().describe('the model, as its provider names it'),
  PMM_MODEL_BASE_URL: z
    .url({ protocol: /^https?$/, error: 'must be an http or https address, e.g. http://127.0.0.1:11434/v1' })
    .optional()
    .describe("where the model's API begins, e.g. http://127.0.0.1:11434/v1"),
  PMM_MODEL_API_KEY: z.string().min(1).max(1_000).optional().describe('the key for it'),
  // Node's fetch waits no longer than 300 s for an answer's first bytes, or for the next ones.
  PMM_MODEL_TIMEOUT_MS: whole(100, 300_000)
    .default(60_000)
    .describe('for one answer, retries included; the same in all who read it'),
  PMM_MODEL_CONTEXT_TOKENS: whole(1_024, 10_000_000)
    .default(8_192)
    .describe("size of the model's context; half of it is filled with what the mind knows"),
  PMM_TOKENS_PER_DAY: whole(1, 1e12)
    .optional()
    .describe('tokens that a mind may use a day (UTC), as far as this process has seen; absent: no limit'),
};

export type ModelSettings = z.infer<z.ZodObject<typeof modelSettings>>;
