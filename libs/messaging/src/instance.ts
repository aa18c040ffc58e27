import { randomBytes } from 'node:crypto';

/** A name for this process among the members of its service; safe as a token of a subject. */
export const newInstance = (): string => randomBytes(6).toString('hex');
