import type { JsonObject } from './json';

/** A past fact in a mind's log, as stored and as it crosses every wire. */
export interface MindEvent {
  mind: string;
  /** 1, 2, 3 … without gaps inside one mind. */
  position: number;
  /** UUID given by the writer; the key of idempotency. */
  id: string;
  kind: string;
  version: number;
  /** UTC ISO-8601 with milliseconds, set by event-log; never decreases. */
  at: string;
  content: string;
  meta: JsonObject;
  prevHash: string | null;
  hash: string;
}

/** What a writer gives; event-log adds the rest. */
export interface NewEvent {
  id: string;
  kind: string;
  content: string;
  meta: JsonObject;
}

/** Consecutive events of one mind, broadcast once by the coordinator. */
export interface Batch {
  /** Version of this message, 1. */
  v: number;
  mind: string;
  from: number;
  to: number;
  prevHash: string | null;
  headHash: string;
  /** Events up to this position came from an import: folded, never decided on. */
  importedTo?: number;
  events: MindEvent[];
}

/** A range of positions of one mind, both ends included. */
export interface Span {
  mind: string;
  from: number;
  to: number;
}

/** The announcement after a commit: a hint without content that may be lost. */
export interface Appended {
  spans: Span[];
  /** True when event-log has not seen these spans broadcast: they are broadcast again even if that happened already. */
  again?: boolean;
}

export const BATCH_VERSION = 1;
