import type { ErrorCode } from '#libs/contracts';
import { normaliseText, type Draft } from '#libs/kernel';
import { OPEN_LIMIT, type CommitmentsState } from '#libs/mind';

/** Why a command is refused. */
export interface Refusal {
  verdict: 'refused';
  code: ErrorCode;
  message: string;
}
/** Nothing is to be written: the answer is known. */
export interface Known<T> {
  verdict: 'known';
  reply: T;
}
/** One event is to be appended; the answer follows from its position. */
export interface Accepted {
  verdict: 'accepted';
  cid: string;
  draft: Draft;
}

export const refuse = (code: ErrorCode, message: string): Refusal => ({ verdict: 'refused', code, message });

/** The open commitment with an equal normalised text. */
export function openWithText({ open }: CommitmentsState, given: string): string | undefined {
  const wanted = normaliseText(given);
  for (const [cid, { text }] of open) if (normaliseText(text) === wanted) return cid;
  return undefined;
}

export const tooManyOpen = (open: number): boolean => open >= OPEN_LIMIT;
export const TOO_MANY = `there are ${OPEN_LIMIT} open commitments`;
