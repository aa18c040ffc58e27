import { z } from 'zod';
import { modelSettings } from '#libs/llm';
import { baseSettings, cacheSettings } from '#libs/service';

export const conversationSettings = z.object({ ...baseSettings, ...cacheSettings, ...modelSettings });
export type ConversationSettings = z.infer<typeof conversationSettings>;
