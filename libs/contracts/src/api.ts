import { z } from 'zod';
import {
  hashSchema,
  mindIdSchema,
  positionSchema,
  timestampSchema,
  turnIdSchema,
  uuidSchema,
  watermarkSchema,
} from './ids';
import { LIMITS } from './limits';
import { OWN_KIND } from './ids';
import { COMMITMENT_STATUSES, PRIORITIES } from './services';

/** Bodies and queries of the HTTP interface, one strict schema each. Query values arrive as text. */

const whole = (schema: z.ZodNumber) =>
  z
    .string()
    .regex(/^\d{1,16}$/, 'must be a whole number, 0 or more')
    .transform(Number)
    .pipe(schema);
const pageLimit = (max: number, standard: number) =>
  whole(z.number().int().min(0).max(max)).default(standard);
const position = whole(positionSchema);
const watermark = whole(watermarkSchema);

export const api = {
  createMind: z.strictObject({
    id: mindIdSchema,
    provider: z.string().min(1).max(64).optional(),
    model: z.string().min(1).max(128).optional(),
    tickIntervalMs: z.number().int().min(100).max(3_600_000).optional(),
  }),
  listMinds: z.strictObject({ after: mindIdSchema.optional(), limit: pageLimit(LIMITS.mindsPage, 50) }),
  turn: z.strictObject({
    text: z.string().min(1),
    turnId: turnIdSchema.optional(),
    userName: z.string().min(1).max(64).optional(),
  }),
  listEvents: z.strictObject({
    after: watermark.optional(),
    limit: pageLimit(LIMITS.readEvents, 100),
    kind: z.string().min(1).max(128).optional(),
    order: z.enum(['asc', 'desc']).default('asc'),
  }),
  appendEvents: z.strictObject({
    events: z
      .array(
        z.strictObject({
          id: uuidSchema.optional(),
          kind: z.string().regex(OWN_KIND, 'only kinds of your own, x.<a-z 0-9 . _ ->, may be appended here'),
          content: z.string(),
          meta: z.record(z.string(), z.unknown()),
        }),
      )
      .min(1)
      .max(LIMITS.appendEvents),
    expectedPosition: watermarkSchema.optional(),
  }),
  selfModel: z.strictObject({ at: watermark.optional(), minPosition: watermark.optional() }),
  listKnowledge: z.strictObject({ limit: pageLimit(LIMITS.listPage, 50), before: position.optional() }),
  assertKnowledge: z.strictObject({ statement: z.string().min(1).max(4000) }),
  listCommitments: z.strictObject({
    status: z.enum([...COMMITMENT_STATUSES, 'all']).default('open'),
    project: z.string().min(1).max(100).optional(),
    limit: pageLimit(LIMITS.listPage, 50),
    before: position.optional(),
    at: watermark.optional(),
    minPosition: watermark.optional(),
  }),
  openCommitment: z.strictObject({
    text: z.string().min(1).max(4000),
    project: z.string().min(1).max(100).optional(),
    priority: z.enum(PRIORITIES).optional(),
    dueAt: timestampSchema.optional(),
    ttlTicks: z.number().int().min(1).max(1_000_000_000).optional(),
  }),
  closeCommitment: z.strictObject({
    evidence: z.array(positionSchema).max(100),
    outcome: z.enum(['done', 'dropped']).optional(),
    note: z.string().max(4000).optional(),
  }),
  snoozeCommitment: z.strictObject({ untilTick: z.number().int().min(0).max(Number.MAX_SAFE_INTEGER) }),
  listReflections: z.strictObject({
    limit: pageLimit(LIMITS.listPage, 20),
    before: position.optional(),
    minPosition: watermark.optional(),
  }),
  empty: z.strictObject({}),
  setIdentity: z.strictObject({ name: z.string().min(1).max(200) }),
  switchModel: z.strictObject({ provider: z.string().min(1).max(64), model: z.string().min(1).max(128) }),
  verify: z.strictObject({
    from: position.optional(),
    to: position.optional(),
    position: position.optional(),
    hash: hashSchema.optional(),
  }),
  why: z.strictObject({ position }),
  digests: z.strictObject({ at: watermark.optional(), minPosition: watermark.optional() }),
  stream: z.strictObject({ after: watermark.optional() }),
} as const;
