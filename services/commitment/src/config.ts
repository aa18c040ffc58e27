import { z } from 'zod';
import { baseSettings, cacheSettings } from '#libs/service';

export const commitmentSettings = z.object({ ...baseSettings, ...cacheSettings });
