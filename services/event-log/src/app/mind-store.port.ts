import type { MindInfo, Span } from '#libs/contracts';
import type { ChainHead } from '../core/chain.core';

/** A mind's row. */
export type MindRecord = Omit<MindInfo, 'head'>;

/** A mind's row and the head of its log, read together. */
export interface MindState {
  record: MindRecord;
  head: ChainHead;
}

/** A mind and where its log ends. */
export interface MindHead extends Pick<ChainHead, 'position' | 'atMs'> {
  mind: string;
}

export interface NewMind {
  id: string;
  shard: number;
  createdAtMs: number;
  tickIntervalMs: number | null;
  provider: string | null;
  model: string | null;
}

/** A request to archive a mind or to take it out of the archive. */
export interface ArchiveChange {
  /** UUID of the request, which is the same in each of its copies. */
  request: string;
  /** Null: out of the archive. */
  archivedAtMs: number | null;
}

/** How many of the last requests to archive a mind and to take it out are remembered. */
export const REMEMBERED_CHANGES = 32;

/** The list of minds. Everything throws AppError `unavailable` when the database does not answer. */
export interface MindStore {
  /** Null when the mind exists. */
  create(mind: NewMind): Promise<MindRecord | null>;
  /**
   * Sets or clears `archivedAt`; an archived mind keeps its first time. A request that is among the mind's last
   * {@link REMEMBERED_CHANGES} changes nothing: it may have come late, after its opposite. Null for an unknown mind.
   */
  archive(mind: string, change: ArchiveChange): Promise<MindRecord | null>;
  /** Those of the minds that exist. */
  states(minds: readonly string[]): Promise<MindState[]>;
  /** Minds of a shard, or of all shards, in order of id. */
  page(query: { shard?: number; after?: string; limit: number }): Promise<MindState[]>;
  /**
   * Of each of these minds a span up to its head that holds all events of so many milliseconds before the head's, but at
   * least the head and at most `most` events. It may begin before that time.
   */
  newestSpans(heads: readonly MindHead[], query: { ms: number; most: number }): Promise<Span[]>;
}
