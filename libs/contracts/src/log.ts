import { z } from 'zod';
import type { Head } from './errors';
import type { MindEvent } from './event';
import {
  hashSchema,
  idempotencyKeySchema,
  mindIdSchema,
  positionSchema,
  timestampSchema,
  uuidSchema,
  watermarkSchema,
} from './ids';
import { LIMITS } from './limits';

/**
 * Requests and replies of the event-log service: `pmm.v1.log.<shard>.<verb>`. Fields that a request has beyond its schema are left
 * out: they are of a newer version that asks an older one. Events are strict: nothing of them may be lost.
 */

const tickIntervalMs = z.number().int().min(100).max(3_600_000);
const provider = z.string().min(1).max(64);
const model = z.string().min(1).max(128);

export const createRequest = z.object({
  mind: mindIdSchema,
  provider: provider.optional(),
  model: model.optional(),
  tickIntervalMs: tickIntervalMs.optional(),
});
export type CreateRequest = z.infer<typeof createRequest>;

/** A mind's row: settings, and its head. */
export interface MindInfo {
  id: string;
  createdAt: string;
  /** Null: the system's default. */
  tickIntervalMs: number | null;
  provider: string | null;
  model: string | null;
  archivedAt: string | null;
  /** Events up to this position came from an import; 0 when none did. */
  importedTo: number;
  head: Head;
}

export const mindRequest = z.object({ mind: mindIdSchema });
export type MindRequest = z.infer<typeof mindRequest>;

/** The same key is the same request, which changes the mind once. */
export const archiveRequest = z.object({
  mind: mindIdSchema,
  archived: z.boolean(),
  key: idempotencyKeySchema.optional(),
});
export type ArchiveRequest = z.infer<typeof archiveRequest>;

export const mindsRequest = z.object({
  after: mindIdSchema.optional(),
  limit: z.number().int().min(0).max(LIMITS.mindsPage).default(LIMITS.mindsPage),
});
export type MindsRequest = z.input<typeof mindsRequest>;
export interface MindsReply {
  minds: MindInfo[];
  next?: string;
}

const metaSchema = z.record(z.string(), z.unknown());
export const newEventSchema = z.strictObject({
  id: uuidSchema,
  kind: z.string().min(1).max(128),
  content: z.string(),
  meta: metaSchema,
});

export const appendRequest = z.object({
  mind: mindIdSchema,
  events: z.array(newEventSchema).min(1).max(LIMITS.appendEvents),
  expectedPosition: watermarkSchema.optional(),
});
export type AppendRequest = z.infer<typeof appendRequest>;
export interface AppendReply {
  from: number;
  to: number;
  headHash: string;
  /** True when these events were in the log already; then `from`, `to` and `headHash` are those of the first time. */
  duplicate: boolean;
}

/** Why a read happens; each is counted by purpose and by where it was served from. */
export const READ_PURPOSES = ['broadcast', 'repair', 'warmup', 'query', 'verify'] as const;
export type ReadPurpose = (typeof READ_PURPOSES)[number];
const purpose = z.enum(READ_PURPOSES);

/** Events in order of position, or newest first with `order: 'desc'` (then `after` is an exclusive upper bound, 0 = the head). */
export const readRequest = z.object({
  mind: mindIdSchema,
  after: watermarkSchema.default(0),
  limit: z.number().int().min(0).max(LIMITS.readEvents).default(LIMITS.readEvents),
  /** Only these kinds. */
  kinds: z.array(z.string().min(1).max(128)).min(1).max(64).optional(),
  order: z.enum(['asc', 'desc']).default('asc'),
  purpose,
});
export type ReadRequest = z.input<typeof readRequest>;
export interface ReadReply {
  events: MindEvent[];
  head: Head;
  /** Give it as `after` for the following page; absent at the end. */
  next?: number;
  importedTo: number;
}

/** One request for the new events of many minds of a shard: what the coordinator reads before it broadcasts. */
export const gatherRequest = z.object({
  ranges: z
    .array(z.object({ mind: mindIdSchema, after: watermarkSchema }))
    .min(1)
    .max(1_000),
  purpose,
});
export type GatherRequest = z.infer<typeof gatherRequest>;
/** Ends early at 900 KiB: minds whose events did not fit appear with none, and `head` tells that more is there. */
export interface GatherReply {
  minds: { mind: string; events: MindEvent[]; head: Head; prevHash: string | null; importedTo: number }[];
}

export const idsRequest = z.object({
  mind: mindIdSchema,
  ids: z.array(uuidSchema).min(1).max(LIMITS.readIds),
  purpose,
});
export type IdsRequest = z.infer<typeof idsRequest>;
export interface IdsReply {
  /** Those that exist, in order of position. */
  events: MindEvent[];
  head: Head;
}

/** The heads of some minds, or, page by page, of all minds of the shard that have an event. */
export const headsRequest = z.object({
  shard: z.number().int().min(0),
  minds: z.array(mindIdSchema).max(LIMITS.headsPage).optional(),
  after: mindIdSchema.optional(),
  limit: z.number().int().min(1).max(LIMITS.headsPage).default(LIMITS.headsPage),
  /** Only minds with an event at or after this time. */
  activeSince: timestampSchema.optional(),
});
export type HeadsRequest = z.input<typeof headsRequest>;
export interface HeadsReply {
  heads: { mind: string; position: number; hash: string }[];
  next?: string;
}

export const verifyRequest = z.union([
  z.object({ mind: mindIdSchema, position: positionSchema, hash: hashSchema }),
  z.object({
    mind: mindIdSchema,
    from: positionSchema.optional(),
    to: positionSchema.optional(),
    hash: z.undefined().optional(),
  }),
]);
export type VerifyRequest = z.infer<typeof verifyRequest>;
/** `next`: the range was long and is verified up to there; ask again from `next`. */
export interface VerifyReply {
  ok: boolean;
  events: number;
  headHash: string | null;
  firstBad?: { position: number; reason: string };
  next?: number;
}
export interface ReceiptReply {
  matches: boolean;
}

/** One page of an export. `to` pins the head that the first page saw; send it back with the following ones. */
export const exportRequest = z.object({
  mind: mindIdSchema,
  after: watermarkSchema.default(0),
  to: watermarkSchema.optional(),
});
export type ExportRequest = z.input<typeof exportRequest>;
export interface ExportReply {
  /** NDJSON: whole lines; the last page ends with the export line. */
  text: string;
  to: number;
  next?: number;
}

/**
 * One chunk of an import: any slice of the file's text. The first has `seq` 0; each is acknowledged before the next.
 * With `last` the import commits or nothing of it stays; `abort` gives it up.
 */
export const importRequest = z.object({
  mind: mindIdSchema,
  session: uuidSchema,
  seq: z.number().int().min(0),
  text: z.string().max(LIMITS.importChunkChars),
  last: z.boolean().optional(),
  abort: z.boolean().optional(),
});
export type ImportRequest = z.infer<typeof importRequest>;
export const IMPORT_FORMATS = ['pmm.v1', '2025-10', '1.0'] as const;
export type ImportFormat = (typeof IMPORT_FORMATS)[number];
export interface ImportReply {
  /** Events taken so far. */
  events: number;
  done: boolean;
  format?: ImportFormat;
  headHash?: string;
}
