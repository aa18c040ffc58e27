/** JSON whose numbers are JavaScript's. */
export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };
export type Meta = { [key: string]: Json };

/** An event of an original ledger, read plainly. */
export interface OriginalEvent {
  id: number;
  kind: string;
  content: string;
  meta: Meta;
}

/** What a ledger comes to, in the shape of the golden files. */
export interface OriginalMind {
  events: number;
  identity: { name: string | null; traits: Record<string, number> };
  open: Record<string, { text: string; project_id?: string; snoozed_until?: number }>;
  expired: Record<string, { text: string; expired_at: number; reason: string }>;
  ias: number;
  gas: number;
  activeDirectives: object[];
}

/** A field that is text and not empty; what has the wrong type counts as absent. */
export const textOf = (value: Json | undefined): string | undefined =>
  typeof value === 'string' && value !== '' ? value : undefined;

export const mapOf = (value: Json | undefined): Meta | undefined =>
  value !== null && typeof value === 'object' && !Array.isArray(value) ? value : undefined;

const BLANKS = [
  ...[0x09, 0x0a, 0x0b, 0x0c, 0x0d, 0x1c, 0x1d, 0x1e, 0x1f, 0x20, 0x85, 0xa0, 0x1680],
  ...[0x2000, 0x2001, 0x2002, 0x2003, 0x2004, 0x2005, 0x2006, 0x2007, 0x2008, 0x2009, 0x200a],
  ...[0x2028, 0x2029, 0x202f, 0x205f, 0x3000],
].map((code) => String.fromCharCode(code));

/** The words between white space, as Python's `str.split()` sees it. */
export function splitAtBlanks(text: string): string[] {
  const words = [''];
  for (const char of text) {
    if (BLANKS.includes(char)) words.push('');
    else words.push((words.pop() ?? '') + char);
  }
  return words.filter((word) => word !== '');
}

export function trimmed(text: string): string {
  const chars = [...text];
  while (BLANKS.includes(chars[0] ?? 'x')) chars.shift();
  while (BLANKS.includes(chars.at(-1) ?? 'x')) chars.pop();
  return chars.join('');
}
