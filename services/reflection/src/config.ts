import { z } from 'zod';
import { modelSettings } from '#libs/llm';
import { baseSettings, cacheSettings } from '#libs/service';

export const reflectionSettings = z.object({ ...baseSettings, ...cacheSettings, ...modelSettings });
export type ReflectionSettings = z.infer<typeof reflectionSettings>;
