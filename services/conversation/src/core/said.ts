import type { TurnsState } from '#libs/mind';
import type { ContextItem } from './context-item';

/** What was said in the turns that are held, before a position, oldest first. */
export function saidBefore({ turns }: TurnsState, position: number): ContextItem[] {
  return turns
    .flatMap(({ user, reply }): ContextItem[] => [
      ...(user ? [{ kind: 'said', speaker: 'user', ...user } as const] : []),
      ...(reply && reply.text !== '' ? [{ kind: 'said', speaker: 'assistant', ...reply } as const] : []),
    ])
    .filter((item) => item.position < position)
    .sort((a, b) => a.position - b.position);
}
