import type { z } from 'zod';
import type { api, Head, ImportFormat, MindEvent } from '#libs/contracts';

/** Bodies of the HTTP interface, as a caller writes them. */
export type CreateMindBody = z.input<typeof api.createMind>;
export type TurnBody = z.input<typeof api.turn>;
export type AppendBody = z.input<typeof api.appendEvents>;
export type OpenCommitmentBody = z.input<typeof api.openCommitment>;
export type CloseCommitmentBody = z.input<typeof api.closeCommitment>;
export type SwitchModelBody = z.input<typeof api.switchModel>;

/** Queries, with numbers where the URL has digits. */
export interface PageQuery {
  limit?: number;
  before?: number;
}
export interface StateQuery {
  at?: number;
  minPosition?: number;
}
export interface EventsQuery {
  after?: number;
  limit?: number;
  kind?: string;
  order?: 'asc' | 'desc';
}
export interface CommitmentsQuery extends PageQuery, StateQuery {
  status?: 'open' | 'closed' | 'expired' | 'all';
  project?: string;
}

/** Events in the order asked for; `next` is the `after` of the following page. */
export interface EventsReply {
  events: MindEvent[];
  head: Head;
  next?: number;
}

export interface ImportedReply {
  events: number;
  format: ImportFormat;
  /** Null for the export of an empty mind. */
  headHash: string | null;
}

/** The state of one service about a mind: how far it has folded, and what to. */
export interface StateDigest {
  watermark: number;
  digest: string;
  foldVersion: number;
}
export interface DigestsReply {
  services: Record<string, StateDigest>;
}

/** What `GET /v1/minds/:id/stream` sends for each batch. */
export interface StreamedBatch {
  from: number;
  to: number;
  events: MindEvent[];
}

/** One part of a streamed turn; after `restart`, what was shown so far is void. `done` is the last. */
export type TurnPart<Done> =
  { type: 'token'; text: string } | { type: 'restart'; reason: string } | { type: 'done'; reply: Done };

/** One member of a service, as it tells about itself. */
export interface ReplicaReport {
  instance: string;
  startedAt: string;
  shards: number[];
  residentMinds: number;
}
export interface ServiceReport {
  replicas: ReplicaReport[];
  /** Shards that some member owns. */
  shardsOwned: number;
  /** Sums over the members, by name and labels, e.g. `pmm_log_reads_total{purpose="query",source="memory"}`. */
  counters: Record<string, number>;
  /** Seconds spent since the members' starts, by the name of what was timed, e.g. `pmm_fold_seconds`. */
  seconds: Record<string, number>;
}
/** Answers of event-log to reads, and the way of each batch. */
export interface SystemTotals {
  reads: { memory: number; postgres: number; byPurpose: Record<string, number> };
  broadcasts: number;
  /** Batches that members received, by what became of them. */
  batches: Record<string, number>;
  folded: number;
  appends: number;
  appendedEvents: number;
  repairs: number;
  rebuilds: number;
  ticks: number;
  alarms: number;
}
export interface SystemReply {
  nats: { state: string; server: string | null; version: string | null };
  shards: number;
  /** Services of which no member answered. */
  missing: string[];
  services: Record<string, ServiceReport>;
  totals: SystemTotals;
  /** Mean seconds from the last event of a batch to its fold, by service, since each service's start. */
  lagSeconds: Record<string, number | null>;
}
