import { z } from 'zod';
import { baseSettings, wholeNumber } from '#libs/service';

export const coordinatorSettings = z.object({
  ...baseSettings,
  PMM_TICK_INTERVAL_MS: wholeNumber(100, 3_600_000)
    .default(10_000)
    .describe('pause between two ticks of an awake mind'),
});
export type CoordinatorSettings = z.infer<typeof coordinatorSettings>;
