export { LIMITS } from './limits';
export {
  HASH,
  idempotencyKeySchema,
  MIND_ID,
  mindIdSchema,
  OWN_KIND,
  positionSchema,
  timestampSchema,
  TURN_ID,
  turnIdSchema,
  UUID,
  uuidSchema,
  hashSchema,
  watermarkSchema,
} from './ids';
export { ERROR_CODES, isErrorCode, isErrorReply } from './errors';
export type { ErrorCode, ErrorReply, Head } from './errors';
export type { JsonObject, JsonValue } from './json';
export { BATCH_VERSION } from './event';
export type { Appended, Batch, MindEvent, NewEvent, Span } from './event';
export {
  BATCH_STREAM,
  HEADERS,
  MEMBER_BUCKET,
  serviceToken,
  SERVICES,
  shardOf,
  SNAPSHOT_BUCKET,
  subjects,
} from './subjects';
export type { ServiceName } from './subjects';
export {
  controlSchema,
  isKind,
  NAME,
  POLICY_BOUNDS,
  POLICY_COMPONENTS,
  REGISTRY,
  REJECTIONS,
  SKIPS,
  STAGES,
  STYLES,
  TRAITS,
  TRIGGERS,
} from './registry';
export type {
  Control,
  Kind,
  MetaOf,
  PolicyKey,
  Rejection,
  Skip,
  Stage,
  Style,
  Trait,
  Trigger,
} from './registry';
export { upcast } from './upcast';
export * from './log';
export * from './services';
export { api } from './api';
