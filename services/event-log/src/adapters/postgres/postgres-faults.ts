import { AppError } from '#libs/kernel';
import { InsertFault, type InsertFaultKind } from '../../app/event-store.port';

/** SQLSTATEs (PostgreSQL, appendix A). */
const CONFLICT = '23505';
const LOCKED = ['55P03', '40P01', '40001'];
/** Connection and administrator, no resources, read-only, cancelled by a timeout, disk. */
const AWAY = /^(?:08...|57P..|53...|25006|57014|58...|XX...)$/;

/** The SQLSTATE of an error that the server itself sent; undefined when the connection failed or the answer never came. */
export function sqlState(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null || !('severity' in error) || !('code' in error))
    return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}

/** Whether another one held what a statement needs. */
export const isLocked = (error: unknown): boolean => LOCKED.includes(sqlState(error) ?? '');

/** Whether the connection can't be used any more after this error. */
export const breaksConnection = (error: unknown): boolean => {
  const state = sqlState(error);
  return state === undefined || /^(?:08|57P)/.test(state);
};

export function toInsertFault(cause: unknown): InsertFault {
  return new InsertFault(kindOf(cause), { cause });
}

function kindOf(error: unknown): InsertFaultKind {
  const state = sqlState(error);
  if (state === undefined || AWAY.test(state)) return 'unknown';
  if (state === CONFLICT) return 'conflict';
  return isLocked(error) ? 'locked' : 'refused';
}

/** Errors of all other statements: a database that is away is `unavailable`; what it refuses is our own mistake and surfaces. */
export function toAppError(cause: unknown): unknown {
  if (cause instanceof AppError) return cause;
  const state = sqlState(cause);
  if (isLocked(cause)) return new AppError('busy', 'another writer holds this mind; try again', { cause });
  if (state === undefined || AWAY.test(state))
    return new AppError('unavailable', 'the database does not answer', { cause });
  return cause;
}
