import { canonicalJson, sha256 } from '#libs/kernel';
import type { ContextItem, Message } from './context-item';

const CHARS_PER_TOKEN = 4;

/** Roughly how many tokens a text has. */
export const estimateTokens = (text: string): number => Math.ceil(text.length / CHARS_PER_TOKEN);

/** A text on one line, cut at a number of characters. */
export function oneLine(text: string, chars = Infinity): string {
  const points = [...text.replace(/\s+/gu, ' ').trim()];
  return points.length <= chars ? points.join('') : `${points.slice(0, chars - 1).join('')}…`;
}

const INSTRUCTIONS = `You are a mind whose memory is a log of numbered events. What you know of yourself and of your user is listed below; each item begins with the position of its event, as [#n].
Answer the user in plain text. When you use an item, you may name its position as [#n]; never name a position that is not listed.
A line of your answer that begins with one of these words is not shown but acts; use them only when it is meant:
COMMIT: <what you promise to do>
DONE: <id of a commitment> #<position of the event that proves it>
NAME: <a name that you propose for yourself>
DIRECTIVE: <a rule that you want to follow from now on>`;

/** One item as a line of the prompt, on a single line whatever it holds. */
export function renderItem(item: ContextItem): string {
  return `[#${item.position}] ${labelOf(item)}: ${oneLine(item.text)}`;
}

function labelOf({ kind, cid, speaker }: ContextItem): string {
  const who = speaker === 'assistant' ? 'you' : 'user';
  switch (kind) {
    case 'identity':
      return 'your name';
    case 'user':
      return "the user's name";
    case 'stage':
      return 'your stage of growth';
    case 'directive':
      return 'a rule that you follow';
    case 'commitment':
      return `your open commitment ${cid ?? ''}`.trimEnd();
    case 'reflection':
      return 'your last reflection';
    case 'recalled':
      return speaker ? `recalled, ${who} said` : 'recalled';
    case 'said':
      return who;
  }
}

/** Tokens that the prompt takes besides its items. */
export const fixedTokens = (input: string): number => estimateTokens(INSTRUCTIONS + input);

/** What a language model reads: who it is and what it knows, then the user's words. */
export function buildMessages(items: readonly ContextItem[], input: string): Message[] {
  const known = items.filter(({ kind }) => kind !== 'said').map(renderItem);
  const said = items.filter(({ kind }) => kind === 'said').map(renderItem);
  const parts = [INSTRUCTIONS];
  if (known.length) parts.push(`What you know:\n${known.join('\n')}`);
  if (said.length) parts.push(`What was said lately:\n${said.join('\n')}`);
  return [
    { role: 'system', content: parts.join('\n\n') },
    { role: 'user', content: input },
  ];
}

/** The same question once more, after an answer that named what does not exist. */
export function withCorrection(
  messages: readonly Message[],
  answer: string,
  claims: readonly string[],
): Message[] {
  const correction = `Your answer named ${claims.join(', ')}, which does not exist. Answer again, without it.`;
  return [...messages, { role: 'assistant', content: answer }, { role: 'user', content: correction }];
}

/** SHA-256 of the canonical JSON of who was asked and every message. */
export const promptDigest = (
  choice: { provider: string; model: string },
  messages: readonly Message[],
): string => sha256(canonicalJson({ ...choice, messages: messages.map((message) => ({ ...message })) }));
