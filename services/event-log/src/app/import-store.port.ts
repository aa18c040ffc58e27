import type { ChainedEvent } from '../core/chain.core';

/** One open transaction that fills the log of one mind. */
export interface ImportTransaction {
  /** @throws AppError `invalid_request` (an id twice), `version_conflict` (somebody else wrote), `busy` or `unavailable`. */
  insert(events: readonly ChainedEvent[]): Promise<void>;
  /** Durable when it resolves. Rejects with AppError `unavailable` when the outcome is unknown. */
  commit(importedTo: number): Promise<void>;
  rollback(): Promise<void>;
}

export interface ImportStore {
  /**
   * Opens a transaction on a mind at position 0, whose row it locks.
   * @throws AppError `busy` when another import holds the mind or too many are open, `version_conflict` when the mind has
   * events, `forbidden` when it is archived, `unknown_mind`, `unavailable`.
   */
  begin(mind: string): Promise<ImportTransaction>;
}
