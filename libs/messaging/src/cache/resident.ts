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
  /** Rules whose append is under way and not yet folded. */
  pending: Map<string, PendingAppend>;
  waiters: Set<() => void>;
  /** The fold threw here; the mind answers `unavailable` until it is folded anew. */
  broken: { position: number; error: unknown } | null;
}

export interface PendingAppend {
  ids: Set<string>;
  /** Another took this decision: it is in the log at or before this position. */
  until?: number;
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
    pending: new Map(),
    waiters: new Set(),
    broken: null,
  };
}
