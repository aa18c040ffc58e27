import { InvalidArgumentError } from 'commander';
import { MIND_ID } from '#libs/contracts';

/** Checks of words on the command line. @throws InvalidArgumentError */

export function mindArgument(text: string): string {
  if (MIND_ID.test(text)) return text;
  throw new InvalidArgumentError('A mind id is 1 to 63 of a-z, 0-9 and -, not beginning with -.');
}

export function positionArgument(text: string): number {
  const value = /^\d{1,15}$/.test(text) ? Number(text) : 0;
  if (value > 0) return value;
  throw new InvalidArgumentError('A position is 1 or more.');
}

export function countArgument(text: string): number {
  if (/^\d{1,15}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('It must be a whole number, 0 or more.');
}

export function urlArgument(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url && /^https?:$/.test(url.protocol)) return text;
  throw new InvalidArgumentError('It must be an address such as http://127.0.0.1:7717.');
}
