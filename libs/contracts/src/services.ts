import { z } from 'zod';
import {
  idempotencyKeySchema,
  mindIdSchema,
  positionSchema,
  timestampSchema,
  turnIdSchema,
  watermarkSchema,
} from './ids';
import { LIMITS } from './limits';
import type { JsonObject } from './json';
import type { Control } from './registry';
import type { Skip, Stage, Style, Trait, Trigger } from './vocabulary';

/** Requests and replies of the services other than event-log: `pmm.v1.<service>.<shard>.<verb>`. */

/** Every reply about a mind's state says which position it was folded to and the digest of that state. */
export interface Folded {
  watermark: number;
  digest: string;
}

const limit = z.number().int().min(0).max(LIMITS.listPage).default(50);
const at = watermarkSchema.optional();
const minPosition = watermarkSchema.optional();
const key = idempotencyKeySchema.optional();

/** `state` of any service with a cache: what `replay` compares. */
export const stateRequest = z.object({ mind: mindIdSchema, at, minPosition });
export type StateRequest = z.infer<typeof stateRequest>;
export interface StateReply extends Folded {
  service: string;
  foldVersion: number;
}

/** `why` of any service with a cache: the numbers behind an event that one of its rules wrote. */
export const whyRequest = z.object({ mind: mindIdSchema, position: positionSchema });
export type WhyRequest = z.infer<typeof whyRequest>;
/** What a rule saw when it wrote an event. */
export interface Basis {
  service: string;
  /** The rule that, asked again on that state, decides this event again; null when no rule of the service wrote it. */
  rule: string | null;
  /** Whether the numbers are of the state right after `cause`, or of the events around it in the log. */
  seen: 'state' | 'log';
  cause: { position: number; kind: string };
  numbers: JsonObject;
}
export interface WhyReply {
  position: number;
  kind: string;
  /** Null when the event has no numbers behind it: a caller wrote it, or an import. */
  basis: Basis | null;
}

// --- tick-coordinator

export const tickRequest = z.object({ mind: mindIdSchema, key });
export type TickRequest = z.infer<typeof tickRequest>;
export interface TickReply {
  tick: number;
  position: number;
}

// --- projection

export const selfModelRequest = z.object({ mind: mindIdSchema, at, minPosition });
export type SelfModelRequest = z.infer<typeof selfModelRequest>;

export interface Directive {
  text: string;
  seen: number;
  recent: number;
  score: number;
  firstPosition: number;
  lastPosition: number;
  sources: string[];
}
export interface KnowledgeItem {
  position: number;
  statement: string;
}
export interface SelfModelReply extends Folded {
  identity: { name: string | null; traits: Record<Trait, number> };
  userName: string | null;
  stage: Stage;
  metrics: { ias: number; gas: number };
  directives: Directive[];
  knowledge: KnowledgeItem[];
  policies: Record<string, number>;
  tick: number;
}

export const knowledgeRequest = z.object({
  mind: mindIdSchema,
  limit,
  before: positionSchema.optional(),
  minPosition,
});
export type KnowledgeRequest = z.input<typeof knowledgeRequest>;
/** Newest first; `next` is the `before` of the following page. */
export interface KnowledgeReply extends Folded {
  knowledge: KnowledgeItem[];
  next?: number;
}

export const adoptRequest = z.object({ mind: mindIdSchema, name: z.string().min(1).max(200), key });
export type AdoptRequest = z.infer<typeof adoptRequest>;
export interface AdoptReply {
  positions: number[];
}

export const assertRequest = z.object({
  mind: mindIdSchema,
  statement: z.string().min(1).max(4000),
  key,
});
export type AssertRequest = z.infer<typeof assertRequest>;
export interface PositionReply {
  position: number;
}

// --- commitment

export const COMMITMENT_STATUSES = ['open', 'closed', 'expired'] as const;
export type CommitmentStatus = (typeof COMMITMENT_STATUSES)[number];
export const PRIORITIES = ['high', 'medium', 'low'] as const;

export interface CommitmentView {
  cid: string;
  text: string;
  status: CommitmentStatus;
  source: string;
  /** Position of what it came from; null when nobody said so. */
  origin: number | null;
  openedAt: string;
  openPosition: number;
  project?: string;
  priority?: (typeof PRIORITIES)[number];
  dueAt?: string;
  snoozedUntil?: number;
  evidence?: number[];
  outcome?: 'done' | 'dropped';
  /** Position of the event that closed or expired it, and why. */
  endPosition?: number;
  reason?: string;
  /** How urgent it is, in [0, 1]; one that has ended asks for nothing. */
  score: number;
}
export interface ProjectView {
  project: string;
  open: number;
}

export const commitmentsRequest = z.object({
  mind: mindIdSchema,
  status: z.enum([...COMMITMENT_STATUSES, 'all']).default('open'),
  project: z.string().min(1).max(100).optional(),
  limit,
  /** Only those opened before this position. */
  before: positionSchema.optional(),
  /** Newest first by position of the opening, or the most urgent first (then there is one page). */
  order: z.enum(['newest', 'score']).default('newest'),
  at,
  minPosition,
});
export type CommitmentsRequest = z.input<typeof commitmentsRequest>;
export interface CommitmentsReply extends Folded {
  commitments: CommitmentView[];
  projects: ProjectView[];
  next?: number;
}

const commitmentText = z.string().min(1).max(4000);
export const openRequest = z.object({
  mind: mindIdSchema,
  text: commitmentText,
  project: z.string().min(1).max(100).optional(),
  priority: z.enum(PRIORITIES).optional(),
  dueAt: timestampSchema.optional(),
  ttlTicks: z.number().int().min(1).max(1_000_000_000).optional(),
  key,
});
export type OpenRequest = z.infer<typeof openRequest>;
export interface OpenReply {
  cid: string;
  position: number;
  /** True when an open commitment has the same normalised text: no event was written. */
  existing: boolean;
}

const cid = z.string().min(1).max(64);
export const closeRequest = z.object({
  mind: mindIdSchema,
  cid,
  evidence: z.array(positionSchema).min(1).max(100),
  outcome: z.enum(['done', 'dropped']).default('done'),
  note: z.string().max(4000).default(''),
  key,
});
export type CloseRequest = z.input<typeof closeRequest>;

export const snoozeRequest = z.object({
  mind: mindIdSchema,
  cid,
  untilTick: z.number().int().min(0).max(Number.MAX_SAFE_INTEGER),
  key,
});
export type SnoozeRequest = z.infer<typeof snoozeRequest>;
export interface CommitmentReply {
  cid: string;
  position: number;
}

/** What would happen to these control lines on the state at the reply's watermark; nothing is written. */
export const judgeRequest = z.object({
  mind: mindIdSchema,
  minPosition,
  opens: z.array(z.object({ id: z.string(), text: z.string().max(4000) })).max(64),
  closes: z.array(z.object({ cid: z.string().max(64), evidence: z.array(z.number()).max(100) })).max(64),
});
export type JudgeRequest = z.infer<typeof judgeRequest>;
export type OpenVerdict =
  { accepted: true; cid: string; existing: boolean } | { accepted: false; reason: string };
export type CloseVerdict = { accepted: true; existing: boolean } | { accepted: false; reason: string };
export interface JudgeReply extends Folded {
  opens: OpenVerdict[];
  closes: CloseVerdict[];
  /** Which of the cids in `closes` this mind knows, open or not. */
  known: string[];
}

// --- reflection

export const reflectionsRequest = z.object({
  mind: mindIdSchema,
  limit,
  before: positionSchema.optional(),
  minPosition,
});
export type ReflectionsRequest = z.input<typeof reflectionsRequest>;
export interface ReflectionView {
  position: number;
  at: string;
  trigger: Trigger;
  style: Style;
  from: number;
  to: number;
  overlap: number;
  provider: string;
  model: string;
  reward?: number;
  text: string;
}
/** Whether the next tick would reflect: the trigger, or what holds it back. */
export interface Gate {
  wouldReflect: boolean;
  reason: Trigger | Skip;
  turnsSince: number;
  secondsSince: number;
  minTurns: number;
  minSeconds: number;
}
export interface ReflectionsReply extends Folded {
  reflections: ReflectionView[];
  gate: Gate;
  next?: number;
}

export const reflectRequest = z.object({ mind: mindIdSchema, key });
export type ReflectRequest = z.infer<typeof reflectRequest>;

// --- conversation

export const turnRequest = z.object({
  mind: mindIdSchema,
  turnId: turnIdSchema,
  text: z.string().min(1),
  userName: z.string().min(1).max(64).optional(),
  /** True: tokens are published on `pmm.v1.turn.<mind>.<turnId>` while they come. */
  stream: z.boolean().default(false),
});
export type TurnRequest = z.input<typeof turnRequest>;
export interface TurnReply {
  turnId: string;
  text: string;
  positions: { user: number; reply: number };
  watermark: number;
  controls: Control[];
}
/** What a streamed turn publishes; `n` counts from 0 without gaps, so that a reader sees a loss. */
export type TurnSignal = { n: number; token: string } | { n: number; restart: string };

export const switchModelRequest = z.object({
  mind: mindIdSchema,
  provider: z.string().min(1).max(64),
  model: z.string().min(1).max(128),
  key,
});
export type SwitchModelRequest = z.infer<typeof switchModelRequest>;

// --- what every service tells about itself

/** Part of the answer to `$SRV.STATS`, under `data`. */
export interface ServiceStats {
  instance: string;
  startedAt: string;
  /** Shards that this member owns. */
  shards: number[];
  /** Counters by name with labels, e.g. `log_reads{purpose="broadcast",source="memory"}` → 12. */
  counters: Record<string, number>;
  /** prom-client's JSON of all metrics of this process. */
  metrics: unknown[];
}
