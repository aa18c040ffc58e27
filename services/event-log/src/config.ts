import { z } from 'zod';
import { baseSettings, wholeNumber } from '#libs/service';

export const eventLogSettings = z.object({
  ...baseSettings,
  PMM_POSTGRES_URL: z
    .string()
    .regex(/^postgres(ql)?:\/\//, 'it begins with postgres://')
    .default('postgres://postgres@127.0.0.1:5432/pmm')
    .describe(
      'address of the PostgreSQL database, version 15 or newer, with a role that may create tables and roles',
    ),
  PMM_TAIL_MIB: wholeNumber(1, 65_536).default(128).describe('MiB of the newest events held in memory'),
});
export type EventLogSettings = z.infer<typeof eventLogSettings>;
