import type { ContextItem, ContextKind, ModelRequest } from './model.port';

/** What `echo` was told, in a form that is easy to answer from. */
export interface EchoMemory {
  /** The mind's own name. */
  name?: ContextItem;
  /** The user's name. */
  user?: ContextItem;
  of(kind: ContextKind): ContextItem[];
}

export function memoryOf({ context }: ModelRequest): EchoMemory {
  const of = (kind: ContextKind) => context.filter((item) => item.kind === kind);
  return { name: of('identity')[0], user: of('user')[0], of };
}

/** The mark by which a reply says where it knows something from. */
export const mark = ({ position }: ContextItem): string => `[#${position}]`;

/** One line, cut at a number of characters; what it quotes can neither begin a control line nor break one. */
export function quoted(text: string, chars: number): string {
  const line = text.replace(/\s+/gu, ' ').trim();
  const points = [...line];
  return points.length <= chars
    ? line
    : `${points
        .slice(0, chars - 1)
        .join('')
        .trimEnd()}…`;
}

const EVERYWHERE = new Set(
  'the and you are was were for not but what that this have has had with your mine from does did can will who how'.split(
    ' ',
  ),
);

/** Words of three letters or more that tell something, in lower case. */
export const wordsOf = (text: string): string[] =>
  (text.toLowerCase().match(/[\p{L}\p{N}]{3,}/gu) ?? []).filter((word) => !EVERYWHERE.has(word));
