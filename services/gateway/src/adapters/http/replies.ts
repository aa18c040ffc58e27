import { z } from 'zod';
import {
  COMMITMENT_STATUSES,
  controlSchema,
  ERROR_CODES,
  IMPORT_FORMATS,
  PRIORITIES,
  SKIPS,
  STAGES,
  STYLES,
  TRAITS,
  TRIGGERS,
} from '#libs/contracts';
import type * as Contract from '#libs/contracts';
import type { DigestsReply, EventsReply, ImportedReply, SystemReply } from '#libs/client';

/** The shapes of answers, for the OpenAPI document. `satisfies` keeps each one true to the type that the code returns. */

const position = z.number().int().min(0);
const digest = z.string().describe('SHA-256 of the state, hexadecimal');
const folded = { watermark: position.describe('last position that the state has folded'), digest };
const next = position.optional();
const jsonObject = z.record(z.string(), z.json());
const head = z.object({ position, hash: z.string().nullable() });

const event = z.object({
  mind: z.string(),
  position,
  id: z.string(),
  kind: z.string(),
  version: z.number().int(),
  at: z.string(),
  content: z.string(),
  meta: jsonObject,
  prevHash: z.string().nullable(),
  hash: z.string(),
}) satisfies z.ZodType<Contract.MindEvent>;

const mind = z.object({
  id: z.string(),
  createdAt: z.string(),
  tickIntervalMs: z.number().nullable(),
  provider: z.string().nullable(),
  model: z.string().nullable(),
  archivedAt: z.string().nullable(),
  importedTo: position,
  head,
}) satisfies z.ZodType<Contract.MindInfo>;

const minds = z.object({
  minds: z.array(mind),
  next: z.string().optional(),
}) satisfies z.ZodType<Contract.MindsReply>;

const turn = z.object({
  turnId: z.string(),
  text: z.string(),
  positions: z.object({ user: position, reply: position }),
  watermark: position,
  controls: z.array(controlSchema),
}) satisfies z.ZodType<Contract.TurnReply>;

const events = z.object({ events: z.array(event), head, next }) satisfies z.ZodType<EventsReply>;

const appended = z.object({
  from: position,
  to: position,
  headHash: z.string(),
  duplicate: z.boolean(),
}) satisfies z.ZodType<Contract.AppendReply>;

const knowledgeItem = z.object({ position, statement: z.string() });
const selfModel = z.object({
  identity: z.object({ name: z.string().nullable(), traits: z.record(z.enum(TRAITS), z.number()) }),
  userName: z.string().nullable(),
  stage: z.enum(STAGES),
  metrics: z.object({ ias: z.number(), gas: z.number() }),
  directives: z.array(
    z.object({
      text: z.string(),
      seen: z.number(),
      recent: z.number(),
      score: z.number(),
      firstPosition: position,
      lastPosition: position,
      sources: z.array(z.string()),
    }),
  ),
  knowledge: z.array(knowledgeItem),
  policies: z.record(z.string(), z.number()),
  tick: z.number().int(),
  ...folded,
}) satisfies z.ZodType<Contract.SelfModelReply>;

const knowledge = z.object({
  knowledge: z.array(knowledgeItem),
  next,
  ...folded,
}) satisfies z.ZodType<Contract.KnowledgeReply>;

const commitment = z.object({
  cid: z.string(),
  text: z.string(),
  status: z.enum(COMMITMENT_STATUSES),
  source: z.string(),
  origin: position.nullable(),
  openedAt: z.string(),
  openPosition: position,
  project: z.string().optional(),
  priority: z.enum(PRIORITIES).optional(),
  dueAt: z.string().optional(),
  snoozedUntil: z.number().optional(),
  evidence: z.array(position).optional(),
  outcome: z.enum(['done', 'dropped']).optional(),
  endPosition: position.optional(),
  reason: z.string().optional(),
  score: z.number(),
}) satisfies z.ZodType<Contract.CommitmentView>;

const commitments = z.object({
  commitments: z.array(commitment),
  projects: z.array(z.object({ project: z.string(), open: z.number().int() })),
  next,
  ...folded,
}) satisfies z.ZodType<Contract.CommitmentsReply>;

const opened = z.object({
  cid: z.string(),
  position,
  existing: z.boolean(),
}) satisfies z.ZodType<Contract.OpenReply>;

const changed = z.object({ cid: z.string(), position }) satisfies z.ZodType<Contract.CommitmentReply>;

const reflections = z.object({
  reflections: z.array(
    z.object({
      position,
      at: z.string(),
      trigger: z.enum(TRIGGERS),
      style: z.enum(STYLES),
      from: position,
      to: position,
      overlap: z.number(),
      provider: z.string(),
      model: z.string(),
      reward: z.number().optional(),
      text: z.string(),
    }),
  ),
  gate: z.object({
    wouldReflect: z.boolean(),
    reason: z.enum([...TRIGGERS, ...SKIPS]),
    turnsSince: z.number(),
    secondsSince: z.number(),
    minTurns: z.number(),
    minSeconds: z.number(),
  }),
  next,
  ...folded,
}) satisfies z.ZodType<Contract.ReflectionsReply>;

const atPosition = z.object({ position }) satisfies z.ZodType<Contract.PositionReply>;
const adopted = z.object({ positions: z.array(position) }) satisfies z.ZodType<Contract.AdoptReply>;
const ticked = z.object({ tick: z.number().int(), position }) satisfies z.ZodType<Contract.TickReply>;

const verified = z.union([
  z.object({
    ok: z.boolean(),
    events: z.number().int(),
    headHash: z.string().nullable(),
    firstBad: z.object({ position, reason: z.string() }).optional(),
  }) satisfies z.ZodType<Contract.VerifyReply>,
  z.object({ matches: z.boolean() }) satisfies z.ZodType<Contract.ReceiptReply>,
]);

const imported = z.object({
  events: z.number().int(),
  format: z.enum(IMPORT_FORMATS),
  headHash: z.string().nullable(),
}) satisfies z.ZodType<ImportedReply>;

const digests = z.object({
  services: z.record(z.string(), z.object({ ...folded, foldVersion: z.number().int() })),
}) satisfies z.ZodType<DigestsReply>;

const why = z.object({
  position,
  kind: z.string(),
  basis: z
    .object({
      service: z.string(),
      rule: z.string().nullable(),
      seen: z.enum(['state', 'log']).describe('the state right after the cause, or the events around it'),
      cause: z.object({ position, kind: z.string() }),
      numbers: jsonObject,
    })
    .nullable(),
}) satisfies z.ZodType<Contract.WhyReply>;

const counts = z.record(z.string(), z.number());
const system = z.object({
  nats: z.object({ state: z.string(), server: z.string().nullable(), version: z.string().nullable() }),
  shards: z.number().int(),
  missing: z.array(z.string()).describe('services of which no member answered'),
  services: z.record(
    z.string(),
    z.object({
      replicas: z.array(
        z.object({
          instance: z.string(),
          startedAt: z.string(),
          shards: z.array(z.number()),
          residentMinds: z.number(),
        }),
      ),
      shardsOwned: z.number().int(),
      counters: counts,
      seconds: counts,
    }),
  ),
  totals: z.object({
    reads: z.object({ memory: z.number(), postgres: z.number(), byPurpose: counts }),
    broadcasts: z.number(),
    batches: counts,
    folded: z.number(),
    appends: z.number(),
    appendedEvents: z.number(),
    repairs: z.number(),
    rebuilds: z.number(),
    ticks: z.number(),
    alarms: z.number(),
  }),
  lagSeconds: z.record(z.string(), z.number().nullable()),
}) satisfies z.ZodType<SystemReply>;

const codes = Object.keys(ERROR_CODES) as Contract.ErrorCode[];
const error = z.object({
  error: z.object({
    code: z.enum(codes),
    message: z.string(),
    retryable: z.boolean().describe('whether the same request may succeed later'),
    head: head.optional().describe('the true head, with conflicts'),
  }),
}) satisfies z.ZodType<Contract.ErrorReply>;

export const replies = {
  mind,
  minds,
  turn,
  events,
  appended,
  selfModel,
  knowledge,
  commitments,
  opened,
  changed,
  reflections,
  atPosition,
  adopted,
  ticked,
  verified,
  imported,
  digests,
  why,
  system,
  error,
} as const;
export type ReplyName = keyof typeof replies;
