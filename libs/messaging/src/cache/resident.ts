import { AppError, combineDigests, sectionDigest, type Fold } from '#libs/kernel';

/** What a cache holds of one mind. */
export interface Resident<S> {
  readonly mind: string;
  watermark: number;
  headHash: string | null;
  state: S;
  /** Digests of sections that have not changed since they were computed, in the order of the fold; absent: none is known. */
  sectionDigests?: (string | undefined)[];
  /** The whole digest at this watermark, once somebody asked. */
  digest: string | null;
  /** Watermark of the newest snapshot that was stored; 0 when there is none. */
  snapshotAt: number;
  /** Those who wait for a change; absent while nobody does. */
  waiters?: Set<() => void>;
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
    digest: null,
    snapshotAt: 0,
    broken: null,
    lost: false,
  };
}

/** Lets those go on who wait for a change of this mind. */
export function wake<S>(resident: Resident<S>): void {
  if (resident.waiters) for (const waiter of [...resident.waiters]) waiter();
}

/** Resolves when the mind has changed, or after `ms`. */
export function changed<S>(resident: Resident<S>, ms: number): Promise<void> {
  return new Promise((resolve) => {
    const end = () => {
      clearTimeout(timer);
      if (resident.waiters?.delete(end) && resident.waiters.size === 0) delete resident.waiters;
      resolve();
    };
    const timer = setTimeout(end, Math.max(1, ms));
    resident.waiters ??= new Set();
    resident.waiters.add(end);
  });
}

/** The digest of a mind's state; only sections that have changed since the last call are hashed again. */
export function digestOfResident<S extends object>(fold: Fold<S>, resident: Resident<S>): string {
  if (resident.digest) return resident.digest;
  const known = (resident.sectionDigests ??= new Array<string | undefined>(fold.sectionNames.length));
  const entries = fold.sectionNames.map((name, n): [string, string] => {
    const digest = (known[n] ??= sectionDigest(resident.state[name]));
    return [name, digest];
  });
  resident.digest = combineDigests(Object.fromEntries(entries));
  return resident.digest;
}

/** An event of this kind was folded: what it may have changed has to be hashed again. */
export function forgetDigests<S extends object>(fold: Fold<S>, resident: Resident<S>, kind: string): void {
  resident.digest = null;
  if (!resident.sectionDigests) return;
  for (const section of fold.touchedBy(kind))
    resident.sectionDigests[fold.sectionNames.indexOf(section)] = undefined;
}

/** The mind itself, when it can be read. @throws AppError `unavailable`: the fold failed, naming the position. */
export function usable<S>(resident: Resident<S>): Resident<S> {
  if (!resident.broken) return resident;
  const { mind, broken } = resident;
  throw new AppError('unavailable', `the fold of ${mind} failed at position ${broken.position}`, {
    cause: broken.error,
  });
}
