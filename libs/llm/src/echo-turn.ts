import { mark, memoryOf, quoted, wordsOf, type EchoMemory } from './echo-memory';
import type { ContextItem, ModelRequest } from './model.port';

type Answer = (match: RegExpMatchArray, memory: EchoMemory, input: string) => string;

const QUOTE_CHARS = 400;
const LISTED = 5;
const CID = /\b(c[a-z2-7]{11})\b/u;

/** The first rule that fits answers. They are looked at in this order. */
const RULES: readonly (readonly [RegExp, Answer])[] = [
  [/\bpromise(?: me)?(?: that you(?: wi|')ll| to) (.+)/isu, ([, what]) => promise(what ?? '')],
  [/\bc[a-z2-7]{11}\b[^#]*#\d+/su, (match) => close(match[0])],
  [
    /\b(?:choose|pick|find|propose|suggest) (?:yourself )?a name\b/iu,
    () => 'I would like a name.\nNAME: Echo',
  ],
  [/^\W*remember that\b[\s,:]*(.+)/isu, ([, what]) => remembered(what ?? '')],
  [/\bmake (?:it|this) (?:a|your) rule(?: to|:) (.+)/isu, ([, what]) => rule(what ?? '')],
  [
    /\b(?:what(?: i|')s your name|who are you|what are you called|do you have a name)\b/iu,
    (_m, m) => ownName(m),
  ],
  [/\b(?:what(?: i|')s my name|who am i|do you know (?:me|my name))\b/iu, (_m, m) => userName(m)],
  [
    /\b(?:what|which|list|show|any)\b.*\b(?:commitments?|committed|promised?|promises)\b/isu,
    (_m, m) => commitments(m),
  ],
  [/\b(?:directives?|rules?|instructions?)\b.*\?/isu, (_m, m) => directives(m)],
  [
    /\byour (?:last |latest )?reflections?\b|\byou (?:reflect(?:ed)?|learn(?:ed|t)?)\b/iu,
    (_m, m) => lastReflection(m),
  ],
  [
    /\b(?:remember|recall|know about|did i (?:say|tell)|told you|talk(?:ed|ing) about)\b.*\?/isu,
    (_m, m) => memories(m),
  ],
  [
    /\b(?:your name is|i(?: wi|')ll call you|you are (?:now )?called|let(?:'s| us) call you|i name you)\b/iu,
    (_m, m) => named(m),
  ],
  [/\b(?:my name is|call me)\b/iu, (_m, m, input) => met(m, input)],
  [/^\W*(?:hello|hi|hey|good (?:morning|afternoon|evening))\b/iu, (_m, m) => greet(m)],
];

/** The reply of `echo` to what a user says. */
export function answerTurn(request: ModelRequest): string {
  const memory = memoryOf(request);
  for (const [pattern, answer] of RULES) {
    const match = request.input.match(pattern);
    if (match) return answer(match, memory, request.input);
  }
  return echo(request, memory);
}

/** Up to the end of the first sentence, as one line. */
const clause = (text: string): string => quoted(text.split(/[.!?](?:\s|$)|\n/u)[0] ?? '', QUOTE_CHARS);

function promise(what: string): string {
  const text = clause(what);
  return text === '' ? 'Promise you what?' : `I promise to ${text}.\nCOMMIT: ${text}`;
}

function rule(what: string): string {
  const text = clause(what);
  return text === '' ? 'Which rule?' : `From here on I will ${text}.\nDIRECTIVE: ${text}`;
}

const remembered = (what: string) => `I will remember that ${clause(what)}.`;

/** "c3xk… is done, see #12" */
function close(input: string): string {
  const cid = input.match(CID)?.[1] ?? '';
  const position = input.match(/#(\d{1,16})/u)?.[1] ?? '';
  return `I take ${cid} for done.\nDONE: ${cid} #${position}`;
}

function ownName({ name }: EchoMemory): string {
  return name
    ? `My name is ${name.text} ${mark(name)}.`
    : 'I have no name yet. You can give me one: "Your name is …".';
}

function userName({ user }: EchoMemory): string {
  return user
    ? `You are ${user.text} ${mark(user)}.`
    : 'I do not know your name yet. Tell me: "My name is …".';
}

function commitments(memory: EchoMemory): string {
  const open = memory.of('commitment');
  if (open.length === 0) return 'I have promised nothing that is still open.';
  return `${addressed(memory, 'this is what I have promised:')}\n${open.map(commitmentLine).join('\n')}`;
}

const commitmentLine = (item: ContextItem) =>
  `- ${quoted(item.text, QUOTE_CHARS)} (${item.cid ?? 'no id'}) ${mark(item)}`;
const line = (item: ContextItem) => `- ${quoted(item.text, QUOTE_CHARS)} ${mark(item)}`;

function directives(memory: EchoMemory): string {
  const active = memory.of('directive');
  if (active.length === 0) return 'Nobody has told me how to behave yet.';
  return `${addressed(memory, 'I follow these directives:')}\n${active.map(line).join('\n')}`;
}

function lastReflection(memory: EchoMemory): string {
  const [last] = memory.of('reflection');
  return last
    ? `My last reflection was: "${quoted(last.text, QUOTE_CHARS)}" ${mark(last)}.`
    : 'I have not reflected yet.';
}

function memories(memory: EchoMemory): string {
  const known = [...memory.of('knowledge'), ...memory.of('recalled')].slice(0, LISTED);
  const items = known.length ? known : saidByUser(memory).slice(-LISTED);
  if (items.length === 0) return 'I remember nothing that fits.';
  return `${addressed(memory, 'this is what I remember:')}\n${items.map(line).join('\n')}`;
}

const saidByUser = (memory: EchoMemory) => memory.of('said').filter(({ speaker }) => speaker === 'user');

function named({ name }: EchoMemory): string {
  return name ? `I am ${name.text} ${mark(name)}.` : 'I did not catch the name.';
}

function met({ user }: EchoMemory, input: string): string {
  return user
    ? `Nice to meet you, ${user.text} ${mark(user)}.`
    : `I did not catch your name: "${quoted(input, 80)}"`;
}

function greet({ name, user }: EchoMemory): string {
  const hello = user ? `Hello, ${user.text}.` : 'Hello.';
  return name ? `${hello} I am ${name.text} ${mark(name)}.` : `${hello} I have no name yet.`;
}

/** "Sam, this is …", or "This is …" to a user without a name. */
function addressed({ user }: EchoMemory, sentence: string): string {
  if (user) return `${user.text}, ${sentence}`;
  return sentence.charAt(0).toUpperCase() + sentence.slice(1);
}

function echo({ input, corrected }: ModelRequest, memory: EchoMemory): string {
  const text = quoted(input, QUOTE_CHARS);
  const said = corrected ? text.replace(/\[#\d*\]/gu, '').trim() : text;
  const reminded = [...memory.of('recalled'), ...memory.of('knowledge')].find((item) =>
    shareWord(item.text, input),
  );
  const more = reminded ? ` That reminds me: "${quoted(reminded.text, 160)}" ${mark(reminded)}.` : '';
  return `${addressed(memory, `you said: "${said}"`)}${more}`;
}

function shareWord(one: string, other: string): boolean {
  const words = new Set(wordsOf(one));
  return wordsOf(other).some((word) => words.has(word));
}
