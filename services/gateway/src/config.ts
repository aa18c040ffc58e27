import { z } from 'zod';
import { baseSettings, wholeNumber } from '#libs/service';
import { isLoopback } from './core/host-rule';

const hostList = z
  .string()
  .default('')
  .transform((text) =>
    text
      .split(',')
      .map((host) => host.trim())
      .filter((host) => host !== ''),
  );

/** Settings of the gateway. */
export const gatewaySettings = z
  .object({
    ...baseSettings,
    PMM_HTTP_HOST: z.string().min(1).default('127.0.0.1').describe('address that HTTP listens on'),
    PMM_HTTP_PORT: wholeNumber(0, 65535).default(7717).describe('port of HTTP; 0 takes any free one'),
    PMM_API_TOKEN: z
      .string()
      .regex(/^[\x21-\x7e]+$/, 'a token is printable ASCII without spaces')
      .optional()
      .describe('when set, every /v1 request needs `Authorization: Bearer` with it'),
    PMM_HTTP_ALLOWED_HOSTS: hostList.describe(
      'further values of `Host` that are ours, separated by commas; one without a port stands for every port',
    ),
    PMM_MODEL_TIMEOUT_MS: wholeNumber(100, 300_000)
      .default(60_000)
      .describe('how long one call of the model may take; turns wait three times as long'),
  })
  .refine((settings) => isLoopback(settings.PMM_HTTP_HOST) || settings.PMM_API_TOKEN !== undefined, {
    path: ['PMM_HTTP_HOST'],
    message: 'other machines could reach this address; set PMM_API_TOKEN too, or listen on 127.0.0.1',
  });

export type GatewayConfig = z.output<typeof gatewaySettings>;
