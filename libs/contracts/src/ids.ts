import { z } from 'zod';

/** `[a-z0-9][a-z0-9-]{0,62}`: safe as one token of a NATS subject. */
export const MIND_ID = /^[a-z0-9][a-z0-9-]{0,62}$/;
export const TURN_ID = /^[A-Za-z0-9_-]{1,64}$/;
export const HASH = /^[0-9a-f]{64}$/;
export const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
/** A user's own kind: `x.` and `a-z 0-9 . _ -`, which no fold reads. */
export const OWN_KIND = /^x\.[a-z0-9._-]{1,120}$/;

export const mindIdSchema = z
  .string()
  .regex(MIND_ID, 'a mind id is 1 to 63 of a-z, 0-9 and -, not beginning with -');
export const turnIdSchema = z.string().regex(TURN_ID, 'a turn id is 1 to 64 of A-Z, a-z, 0-9, _ and -');
export const idempotencyKeySchema = z
  .string()
  .regex(TURN_ID, 'an Idempotency-Key is 1 to 64 of A-Z, a-z, 0-9, _ and -');
export const hashSchema = z.string().regex(HASH, 'a hash is 64 lower-case hexadecimal digits');
export const uuidSchema = z.string().regex(UUID, 'an event id is a lower-case UUID');
export const positionSchema = z.number().int().min(1).max(Number.MAX_SAFE_INTEGER);
/** A position or 0, "before the first event". */
export const watermarkSchema = z.number().int().min(0).max(Number.MAX_SAFE_INTEGER);
/** ISO-8601 in UTC with milliseconds. */
export const timestampSchema = z.iso.datetime({ precision: 3 });
