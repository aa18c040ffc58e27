/** What the fields of an event are made of, wherever its text comes from. */

export const isText = (value: unknown): value is string => typeof value === 'string';

/** A position or a version. */
export const isCount = (value: unknown): boolean => Number.isSafeInteger(value) && (value as number) >= 1;

export const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
