import type { StateDigest } from '#libs/client';
import type { Replayed } from './replay';

export interface Comparison {
  equal: boolean;
  services: Record<string, { replayed: string; live: string | null; equal: boolean; reason?: string }>;
}

/** Holds the digests of a replay against those of the services at the same position. */
export function compareDigests(replayed: Replayed, live: Record<string, StateDigest>): Comparison {
  const services = Object.entries(replayed.services).map(([service, { digest, foldVersion }]) => {
    const there = live[service];
    const reason = reasonOf({ digest, foldVersion }, there, replayed.position);
    const row = { replayed: digest, live: there?.digest ?? null, equal: reason === null };
    return [service, reason === null ? row : { ...row, reason }] as const;
  });
  return { equal: services.every(([, { equal }]) => equal), services: Object.fromEntries(services) };
}

function reasonOf(
  here: { digest: string; foldVersion: number },
  there: StateDigest | undefined,
  position: number,
): string | null {
  if (!there) return 'the service said nothing';
  if (there.watermark !== position) return `it is at #${there.watermark}`;
  if (there.foldVersion !== here.foldVersion) return `its fold is version ${there.foldVersion}`;
  return there.digest === here.digest ? null : 'the states are not the same';
}
