import type { CommitmentView, ReflectionView, SelfModelReply } from '#libs/contracts';
import type { ContextItem } from './context-item';
import { estimateTokens, oneLine, renderItem } from './prompt';

export const CONTEXT = {
  /** The most urgent commitments. */
  commitments: 5,
  recalled: 5,
  reflectionChars: 1_000,
  recalledChars: 500,
} as const;

/** What the services know at the position of the user's message. */
export interface Known {
  self: Pick<SelfModelReply, 'identity' | 'userName' | 'stage' | 'directives' | 'watermark'>;
  commitments: readonly Pick<CommitmentView, 'cid' | 'text' | 'openPosition'>[];
  reflection: Pick<ReflectionView, 'position' | 'text'> | null;
  /** The best first. */
  recalled: readonly ContextItem[];
  /** Turns before this one, oldest first, as they are held by the conversation. */
  said: readonly ContextItem[];
}

/**
 * What of it is told to the model, within a number of tokens: who the mind is first, then what it is bound to, what it
 * recalls, and as many of the last turns as still fit. What does not fit is left out whole, the older before the newer.
 */
export function buildContext(known: Known, budgetTokens: number): ContextItem[] {
  const items = thatFit([...selfItems(known), ...boundItems(known)], budgetTokens);
  const left = budgetTokens - costOf(items);
  const lately = new Set(newestThatFit(known.said, left).map(({ position }) => position));
  const worthIt = known.recalled.filter(({ position }) => !lately.has(position)).slice(0, CONTEXT.recalled);
  const recalled = thatFit(worthIt.map(shortened), left);
  return [...items, ...recalled, ...newestThatFit(known.said, left - costOf(recalled))];
}

const cost = (item: ContextItem): number => estimateTokens(`${renderItem(item)}\n`);
const costOf = (items: readonly ContextItem[]): number => items.reduce((sum, item) => sum + cost(item), 0);

/** Each that still fits beside those before it. */
function thatFit(items: readonly ContextItem[], budgetTokens: number): ContextItem[] {
  let left = budgetTokens;
  return items.filter((item) => {
    if (cost(item) > left) return false;
    left -= cost(item);
    return true;
  });
}

/** The newest in a row that fit, in order of position: no gaps, so that the model reads one conversation. */
function newestThatFit(said: readonly ContextItem[], budgetTokens: number): ContextItem[] {
  let left = budgetTokens;
  let first = said.length;
  for (const item of [...said].reverse()) {
    left -= cost(item);
    if (left < 0) break;
    first -= 1;
  }
  return said.slice(first);
}

function selfItems({ self }: Known): ContextItem[] {
  const { identity, userName, stage, directives, watermark: position } = self;
  const items: ContextItem[] = [];
  if (identity.name !== null) items.push({ kind: 'identity', position, text: identity.name });
  if (userName !== null) items.push({ kind: 'user', position, text: userName });
  items.push({ kind: 'stage', position, text: stage });
  for (const { text, lastPosition } of directives)
    items.push({ kind: 'directive', position: lastPosition, text });
  return items;
}

function boundItems({ commitments, reflection }: Known): ContextItem[] {
  const items = commitments.slice(0, CONTEXT.commitments).map(({ cid, text, openPosition }): ContextItem => ({
    kind: 'commitment',
    position: openPosition,
    text,
    cid,
  }));
  if (reflection) {
    const text = oneLine(reflection.text, CONTEXT.reflectionChars);
    items.push({ kind: 'reflection', position: reflection.position, text });
  }
  return items;
}

const shortened = (item: ContextItem): ContextItem => ({
  ...item,
  text: oneLine(item.text, CONTEXT.recalledChars),
});
