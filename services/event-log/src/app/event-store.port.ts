import type { ChainedEvent } from '../core/chain.core';
import type { KnownEvent } from '../core/judgement.core';
import type { StoredRow } from '../core/verify.core';

/**
 * Why an insert did not simply succeed.
 * `conflict`: the database refused it, as a position, an id or a chain link exists already, or a mind is archived: nothing was
 * written.
 * `locked`: another writer held what it needs for too long: nothing was written.
 * `unknown`: the answer was lost: it may have been written or not.
 * `refused`: anything else that the database says no to: nothing was written.
 */
export type InsertFaultKind = 'conflict' | 'locked' | 'unknown' | 'refused';

export class InsertFault extends Error {
  override readonly name = 'InsertFault';
  constructor(
    readonly kind: InsertFaultKind,
    options: { cause: unknown },
  ) {
    super(`insert: ${kind}`, options);
  }
}

export interface PageQuery {
  mind: string;
  /** Exclusive lower bound. */
  after: number;
  /** Inclusive upper bound. */
  to?: number;
  limit: number;
  kinds?: readonly string[];
  order: 'asc' | 'desc';
  /** The page ends early rather than being larger, but never before one event. */
  maxBytes: number;
  separator: ',' | '\n';
}

/** Consecutive matching events as JSON texts, joined. */
export interface LinePage {
  text: string;
  count: number;
  /** Positions of the first and the last line in the order of the page; 0 when it is empty. */
  first: number;
  last: number;
  /** `prevHash` of the first line. */
  prevHash: string | null;
  /** Whether more events match. */
  more: boolean;
}

export const EMPTY_PAGE: LinePage = { text: '', count: 0, first: 0, last: 0, prevHash: null, more: false };

/** The rows of events. All but `insert` throw AppError `unavailable` when the database does not answer. */
export interface EventStore {
  /** All or nothing, durable when it resolves. @throws InsertFault */
  insert(events: readonly ChainedEvent[]): Promise<void>;
  /** Those of the ids that exist. */
  known(mind: string, ids: readonly string[]): Promise<KnownEvent[]>;
  page(query: PageQuery): Promise<LinePage>;
  /** Events of these ids in order of position. */
  pageOfIds(mind: string, ids: readonly string[], maxBytes: number): Promise<LinePage>;
  /** One whole row. */
  row(mind: string, position: number): Promise<StoredRow | null>;
}
