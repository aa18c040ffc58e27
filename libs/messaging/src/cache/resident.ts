import { AppError, combineDigests, sectionDigest, type Fold } from '#libs/kernel';

/** What a cache holds of one mind. */
export interface Resident<S> {
  readonly mind: string;
  watermark: number;
  headHash: string | null;
  state: S;
  /** Digests of sections that have not changed since they were computed. */
  sectionDigests: Map<string, string>;
  /** The whole digest at this watermark, once somebody asked. */
  digest: string | null;
  /** Watermark of the newest snapshot that was stored; 0 when there is none. */
  snapshotAt: number;
  waiters: Set<() => void>;
  /** The fold threw here; the mind answers `unavailable` until it is folded anew. */
  broken: { position: number; error: unknown } | null;
  /** It contradicts the log and was thrown away: nobody may fold into it or read from it any more. */
  lost: boolean;
}

export function newResident<S>(mind: string, state: S): Resident<S> {
  return {
    mind,
    watermark: 0,
    headHash: null,
    state,
    sectionDigests: new Map(),
    digest: null,
    snapshotAt: 0,
    waiters: new Set(),
    broken: null,
    lost: false,
  };
}

/** Lets those go on who wait for a change of this mind. */
export function wake<S>(resident: Resident<S>): void {
  for (const waiter of [...resident.waiters]) waiter();
}

/** Resolves when the mind has changed, or after `ms`. */
export function changed<S>(resident: Resident<S>, ms: number): Promise<void> {
  return new Promise((resolve) => {
    const end = () => {
      clearTimeout(timer);
      resident.waiters.delete(end);
      resolve();
    };
    const timer = setTimeout(end, Math.max(1, ms));
    resident.waiters.add(end);
  });
}

/** The digest of a mind's state; only sections that have changed since the last call are hashed again. */
export function digestOfResident<S extends object>(fold: Fold<S>, resident: Resident<S>): string {
  if (resident.digest) return resident.digest;
  const digests: Record<string, string> = {};
  for (const name of fold.sectionNames) {
    const digest = resident.sectionDigests.get(name) ?? sectionDigest(resident.state[name]);
    resident.sectionDigests.set(name, digest);
    digests[name] = digest;
  }
  resident.digest = combineDigests(digests);
  return resident.digest;
}

/** The mind itself, when it can be read. @throws AppError `unavailable`: the fold failed, naming the position. */
export function usable<S>(resident: Resident<S>): Resident<S> {
  if (!resident.broken) return resident;
  const { mind, broken } = resident;
  throw new AppError('unavailable', `the fold of ${mind} failed at position ${broken.position}`, {
    cause: broken.error,
  });
}
