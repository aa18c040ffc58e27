import { z } from 'zod';
import { baseSettings, cacheSettings } from '#libs/service';

export const projectionSettings = z.object({ ...baseSettings, ...cacheSettings });
