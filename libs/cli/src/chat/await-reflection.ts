import type { PmmClient } from '#libs/client';
import type { MindEvent } from '#libs/contracts';

const LIMIT_MS = 15_000;

/** The attempt at a reflection that comes after a position, or null when none comes within 15 s, or before nobody waits any more. */
export async function awaitReflection(
  client: PmmClient,
  mind: string,
  after: number,
  left: AbortSignal,
): Promise<MindEvent | null> {
  const signal = AbortSignal.any([left, AbortSignal.timeout(LIMIT_MS)]);
  for await (const { events } of client.follow(mind, { after, signal })) {
    const attempt = events.find(({ kind }) => kind === 'reflection' || kind === 'reflection_rejected');
    if (attempt) return attempt;
  }
  return null;
}
