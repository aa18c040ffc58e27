import { z } from 'zod';
import { NAME, POLICY_COMPONENTS, REJECTIONS, STAGES, STYLES, TRAITS, TRIGGERS } from './vocabulary';
import { idempotencyKeySchema, positionSchema, timestampSchema, turnIdSchema, watermarkSchema } from './ids';

const text = (max: number) => z.string().min(1).max(max);
/** A position, or a negative distance to an event of the same append (−1: the event just before). */
const reference = z.union([positionSchema, z.number().int().min(-1000).max(-1)]);
const references = z.array(reference).min(1).max(100);
const tickReason = z.enum(['heartbeat', 'requested', 'due']);
const score = z.number().min(0).max(1);
const cid = z.string().min(1).max(64);
const window = z.strictObject({ from: positionSchema, to: positionSchema });

const name = z.string().regex(NAME, "a name begins with a letter; then letters, digits, space and ' - _ .");

const traitDelta = z.partialRecord(z.enum(TRAITS), z.number().min(-0.05).max(0.05));

const usage = z.strictObject({
  inputTokens: z.number().int().min(0),
  outputTokens: z.number().int().min(0),
});

/** One control line of a reply and what became of it. */
export const controlSchema = z.strictObject({
  line: z.string().max(4096),
  kind: z.enum(['commit', 'done', 'name', 'directive', 'policy']),
  accepted: z.boolean(),
  reason: z.string().max(500).optional(),
});
export type Control = z.infer<typeof controlSchema>;

const provider = z.string().min(1).max(64);
const model = z.string().min(1).max(128);
const source = z.enum(['user', 'assistant', 'reflection']);
const nameSource = z.enum(['user', 'assistant', 'reflection', 'api']);

interface KindDefinition {
  version: number;
  /** `empty`: content must be empty; `text`: 1 character or more; `any`: anything. */
  content: 'empty' | 'text' | 'any';
  meta: z.ZodObject;
  /** Only an import may write it. */
  importOnly?: true;
  description: string;
}

const kind = <D extends KindDefinition>(definition: D): D => definition;

/** Every kind of event that a fold may read. A user's own kinds are `x.<name>`. */
export const REGISTRY = {
  user_message: kind({
    version: 1,
    content: 'text',
    meta: z.strictObject({ turnId: turnIdSchema, userName: text(64).optional() }),
    description: 'What a user said.',
  }),
  assistant_message: kind({
    version: 1,
    content: 'any',
    meta: z.strictObject({
      turnId: turnIdSchema,
      provider,
      model,
      contextPosition: positionSchema,
      promptDigest: z.string().max(64),
      usage: usage.optional(),
      controls: z.array(controlSchema).max(64).optional(),
    }),
    description: 'The reply as shown, and what its control lines did.',
  }),
  turn_failed: kind({
    version: 1,
    content: 'empty',
    meta: z.strictObject({ turnId: turnIdSchema, code: z.string().max(64), retryable: z.boolean() }),
    description: 'A turn that ended without a reply.',
  }),
  hallucination_detected: kind({
    version: 1,
    content: 'empty',
    meta: z.strictObject({ turnId: turnIdSchema, claims: z.array(z.string().max(200)).min(1).max(100) }),
    description: 'A reply named positions or commitments that do not exist.',
  }),
  user_identity_set: kind({
    version: 1,
    content: 'empty',
    meta: z.strictObject({ name, confidence: score }),
    description: 'The name of the user.',
  }),
  knowledge_assert: kind({
    version: 1,
    content: 'text',
    meta: z.strictObject({ origin: reference.optional() }),
    description: 'One statement to remember.',
  }),
  autonomy_directive: kind({
    version: 1,
    content: 'text',
    meta: z.strictObject({ source, origin: reference.optional() }),
    description: 'One directive that the mind follows.',
  }),
  identity_propose: kind({
    version: 1,
    content: 'empty',
    meta: z.strictObject({ name, source: nameSource, confidence: score, origin: reference.optional() }),
    description: 'A name that was proposed for the mind.',
  }),
  identity_adopt: kind({
    version: 1,
    content: 'empty',
    meta: z.strictObject({
      name,
      source: nameSource,
      confidence: score,
      previous: z.string().max(64).optional(),
      proposal: reference.optional(),
    }),
    description: 'The mind takes a name.',
  }),
  identity_clear: kind({
    version: 1,
    content: 'empty',
    meta: z.strictObject({ reason: text(500) }),
    description: 'The mind gives up its name.',
  }),
  identity_change: kind({
    version: 1,
    content: 'any',
    meta: z.strictObject({ name }),
    importOnly: true,
    description: 'Sets the name without being an adoption; only in imported logs.',
  }),
  trait_update: kind({
    version: 1,
    content: 'empty',
    meta: z.strictObject({ delta: traitDelta, reason: text(200) }),
    description: 'Traits move, each by at most 0.05.',
  }),
  commitment_open: kind({
    version: 1,
    content: 'text',
    meta: z.strictObject({
      cid,
      source: z.enum(['user', 'assistant', 'reflection', 'api']),
      origin: reference.optional(),
      project: text(100).optional(),
      priority: z.enum(['high', 'medium', 'low']).optional(),
      dueAt: timestampSchema.optional(),
      ttlTicks: z.number().int().min(1).max(1_000_000_000).optional(),
    }),
    description: 'A commitment is opened.',
  }),
  commitment_evidence: kind({
    version: 1,
    content: 'any',
    meta: z.strictObject({ cid, evidence: references }),
    description: 'Evidence for a commitment, which does not close it.',
  }),
  commitment_close: kind({
    version: 1,
    content: 'any',
    meta: z.strictObject({ cid, evidence: references, outcome: z.enum(['done', 'dropped']) }),
    description: 'A commitment is closed, with evidence that exists.',
  }),
  commitment_expire: kind({
    version: 1,
    content: 'empty',
    meta: z.strictObject({ cid, reason: z.enum(['ttl', 'overdue']) }),
    description: 'A commitment ran out.',
  }),
  commitment_snooze: kind({
    version: 1,
    content: 'empty',
    meta: z.strictObject({ cid, untilTick: z.number().int().min(0).max(Number.MAX_SAFE_INTEGER) }),
    description: 'A commitment sleeps until a tick.',
  }),
  commitment_update: kind({
    version: 1,
    content: 'text',
    meta: z.strictObject({ cid, reason: text(200) }),
    description: 'The text of a commitment changes.',
  }),
  commitment_rebind: kind({
    version: 1,
    content: 'text',
    meta: z.strictObject({ cid, adoption: positionSchema, oldName: text(64), newName: text(64) }),
    description: 'The text of a commitment follows a new name.',
  }),
  commitment_due: kind({
    version: 1,
    content: 'empty',
    meta: z.strictObject({ cid, dueAt: timestampSchema }),
    description: 'A commitment has reached its due time.',
  }),
  project_assign: kind({
    version: 1,
    content: 'empty',
    meta: z.strictObject({ cid, project: text(100) }),
    description: 'A commitment joins a project.',
  }),
  project_close: kind({
    version: 1,
    content: 'empty',
    meta: z.strictObject({ project: text(100) }),
    description: 'The last open commitment of a project has ended.',
  }),
  reflection_requested: kind({
    version: 1,
    content: 'empty',
    meta: z.strictObject({}),
    description: 'Somebody asked for a reflection.',
  }),
  reflection: kind({
    version: 1,
    content: 'text',
    meta: z.strictObject({
      trigger: z.enum(TRIGGERS),
      style: z.enum(STYLES),
      from: watermarkSchema,
      to: watermarkSchema,
      provider,
      model,
      overlap: score,
    }),
    description: 'The mind looked back on `from` to `to`.',
  }),
  reflection_rejected: kind({
    version: 1,
    content: 'empty',
    meta: z.strictObject({
      trigger: z.enum(TRIGGERS),
      style: z.enum(STYLES),
      reason: z.enum(REJECTIONS),
      overlap: score.optional(),
    }),
    description: 'An attempt at a reflection that was not good enough.',
  }),
  meta_reflection: kind({
    version: 1,
    content: 'empty',
    meta: z.strictObject({
      window,
      opened: z.number().int().min(0),
      closed: z.number().int().min(0),
      expired: z.number().int().min(0),
      efficacy: score,
      traitDelta: z.partialRecord(z.enum(TRAITS), z.number()),
    }),
    description: 'What five reflections led to.',
  }),
  self_assessment: kind({
    version: 1,
    content: 'empty',
    meta: z.strictObject({ window, hitRate: score, closeLagTicks: z.number().min(0), efficacy: score }),
    description: 'What ten reflections led to.',
  }),
  bandit_reward: kind({
    version: 1,
    content: 'empty',
    meta: z.strictObject({ reflection: positionSchema, style: z.enum(STYLES), reward: score }),
    description: 'The reward of a reflection for its style.',
  }),
  policy_update: kind({
    version: 1,
    content: 'empty',
    meta: z.strictObject({
      component: z.enum(POLICY_COMPONENTS),
      params: z.record(z.string().max(64), z.number()),
      reason: text(200),
    }),
    description: 'A policy value, absolute, until the next stage.',
  }),
  stage_update: kind({
    version: 1,
    content: 'empty',
    meta: z.strictObject({ from: z.enum(STAGES), to: z.enum(STAGES), ias: z.number(), gas: z.number() }),
    description: 'The mind moves one stage up or down.',
  }),
  metrics_update: kind({
    version: 1,
    content: 'empty',
    meta: z.strictObject({ ias: z.number(), gas: z.number() }),
    description: 'The scores have moved.',
  }),
  invariant_violation: kind({
    version: 1,
    content: 'any',
    meta: z.strictObject({ code: text(100), details: z.record(z.string(), z.json()) }),
    description: 'A rule of the mind was found broken.',
  }),
  summary: kind({
    version: 1,
    content: 'text',
    meta: z.strictObject({ from: positionSchema, to: positionSchema }),
    description: 'Reserved: a summary of `from` to `to`.',
  }),
  model_switch: kind({
    version: 1,
    content: 'empty',
    meta: z.strictObject({
      from: z.strictObject({ provider, model }),
      to: z.strictObject({ provider, model }),
    }),
    description: 'Another model interprets the mind from here on.',
  }),
  autonomy_tick: kind({
    version: 1,
    content: 'empty',
    meta: z.strictObject({ tick: positionSchema, reason: tickReason, key: idempotencyKeySchema.optional() }),
    description: 'One beat of the mind; `key` is that of the request for it.',
  }),
} satisfies Record<string, KindDefinition>;

export type Kind = keyof typeof REGISTRY;
/** The meta of a kind as this version writes it. Imported events may lack fields or carry other types. */
export type MetaOf<K extends Kind> = z.infer<(typeof REGISTRY)[K]['meta']>;

export const isKind = (value: string): value is Kind => Object.hasOwn(REGISTRY, value);
