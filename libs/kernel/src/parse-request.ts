import type { z } from 'zod';
import { AppError } from './app-error';

/** The value that a schema makes of an input. @throws AppError `invalid_request` that names the first bad field. */
export function parseRequest<T extends z.ZodType>(schema: T, input: unknown): z.output<T> {
  const result = schema.safeParse(input);
  if (result.success) return result.data;
  const issue = result.error.issues[0];
  const where = issue?.path.join('.') ?? '';
  const what = issue?.message ?? 'is not valid';
  throw new AppError('invalid_request', where ? `${where}: ${what}` : what, { cause: result.error });
}
