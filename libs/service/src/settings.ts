import { z } from 'zod';

/** A whole number from the environment. */
export const wholeNumber = (min: number, max: number) => z.coerce.number().int().min(min).max(max);

/** Settings that every service has, by the name of their variable. */
export const baseSettings = {
  PMM_NATS_URL: z.string().min(1).default('nats://127.0.0.1:4222').describe('address of the NATS server'),
  PMM_NATS_CREDS: z.string().min(1).optional().describe('path of a NATS credentials file'),
  PMM_SHARDS: wholeNumber(1, 1024).default(64).describe('number of shards; fixed at the first start'),
  PMM_LOG_LEVEL: z
    .enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'])
    .default('info')
    .describe('least level that is logged'),
  PMM_HEALTH_PORT: wholeNumber(0, 65535)
    .optional()
    .describe(
      'serves /healthz, /readyz and /metrics of this process on this port; absent: not at all; not read by `npm start`',
    ),
  PMM_HEALTH_HOST: z.string().min(1).default('127.0.0.1').describe('host of PMM_HEALTH_PORT'),
};

/** Settings of every service with a cache. */
export const cacheSettings = {
  PMM_SNAPSHOT_EVERY: wholeNumber(1, 1_000_000)
    .default(1_000)
    .describe('events between two snapshots of a mind'),
  PMM_VERIFY_SAMPLE: z.coerce
    .number()
    .min(0)
    .max(1)
    .default(0.01)
    .describe('share of snapshots proved by folding'),
  PMM_RESIDENT_MINDS: wholeNumber(1, 10_000_000).default(10_000).describe('minds held in memory'),
};

export type BaseSettings = z.infer<z.ZodObject<typeof baseSettings>>;
export type CacheEnvironment = z.infer<z.ZodObject<typeof cacheSettings>>;

export class SettingsError extends Error {}

/** The settings of a service from its environment. @throws SettingsError: one sentence that names the bad one. */
export function readSettings<T extends z.ZodObject>(schema: T, environment: NodeJS.ProcessEnv): z.output<T> {
  const given = Object.fromEntries(
    Object.keys(schema.shape)
      .map((name) => [name, environment[name]] as const)
      .filter(([, value]) => value !== undefined && value !== ''),
  );
  const result = schema.safeParse(given);
  if (result.success) return result.data;
  const issue = result.error.issues[0];
  const where = issue?.path.join('.') ?? 'settings';
  throw new SettingsError(`${where}: ${issue?.message ?? 'is not valid'}; correct it or unset it`);
}

/** One line per setting: name, default, and what it is. */
export function describeSettings(schema: z.ZodObject): string {
  return Object.entries(schema.shape)
    .map(([name, value]) => {
      const parsed = (value as z.ZodType).safeParse(undefined);
      const fallback = parsed.success && parsed.data !== undefined ? String(parsed.data) : 'none';
      return `${name.padEnd(26)} ${fallback.padEnd(28)} ${(value as z.ZodType).description ?? ''}`;
    })
    .join('\n');
}
