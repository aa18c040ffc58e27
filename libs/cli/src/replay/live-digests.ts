import type { PmmClient, StateDigest } from '#libs/client';

/**
 * The digests of all services at a position: those of their live caches, or, where a cache has gone on already, of the
 * state that it had then.
 */
export async function liveDigests(
  client: PmmClient,
  mind: string,
  position: number,
): Promise<Record<string, StateDigest>> {
  const live = (await client.digests(mind, { minPosition: position })).services;
  if (Object.values(live).every(({ watermark }) => watermark === position)) return live;
  const then = (await client.digests(mind, { at: position })).services;
  const chosen = Object.entries(live).map(([service, digest]) => {
    const older = then[service];
    return [service, digest.watermark === position || !older ? digest : older];
  });
  return Object.fromEntries(chosen) as Record<string, StateDigest>;
}
