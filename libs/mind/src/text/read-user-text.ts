import { draft, type Draft } from '#libs/kernel';
import { adoptionDrafts } from '../identity/adoption';
import { USER_CONFIDENCE } from '../identity/identity.constants';
import { leadingName } from './names';
import { sentencesOf, type Sentence } from './sentences';
import * as c from './user-text.constants';

const GREETING =
  /^(?:hi|hello|hey|greetings|good (?:morning|afternoon|evening|day))(?: there)?\s*(?:[,:!]\s*|\s+)/iu;
const POLITE = /^(?:ok(?:ay)?|please)\s*(?:[,:!]\s*|\s+)/iu;
const FROM_NOW_ON = /^from now on\s*(?:[,:]\s*|\s+)/iu;

const MIND_NAME =
  /^(?:your name(?: is|['’]s)|i(?: will|['’]ll) call you|you(?: are|['’]re) now called|let(?:['’]s| us) call you|i name you)\s+(\S.*)$/isu;
const USER_NAME = /^(?:my name(?: is|['’]s)|call me)\s+(\S.*)$/isu;
const I_AM = /^i(?: am|['’]m)\s+(\S.*)$/isu;
const REMEMBER = /^remember that\s*[,:]?\s+(\S.*)$/isu;
const ALWAYS_NEVER = /^(?:always|never)\s+(\S.*)$/isu;
const NEVER_MIND = /^never mind\b/iu;

/**
 * The events that a user's text implies, for the same append as its `user_message`, in order: a new name of the mind
 * (proposal and adoption), the user's own name, directives, knowledge. They are a function of the text alone; `origin`
 * is the distance to the `user_message`, which must stand right before the first of them. At most 16.
 */
export function readUserText(text: string): Draft[] {
  const drafts: Draft[] = [];
  for (const sentence of sentencesOf(text)) {
    const implied = readSentence(sentence, -1 - drafts.length);
    if (drafts.length + implied.length > c.IMPLIED_EVENTS) break;
    drafts.push(...implied);
  }
  return drafts;
}

/** A sentence has one meaning at most; `origin` is the distance from its first event to the message. */
function readSentence({ text, question }: Sentence, origin: number): Draft[] {
  const said = withoutOpeners(text);
  if (question) return directive(said, question, origin);
  return naming(said.rest, origin) ?? knowledge(said.rest, origin) ?? directive(said, question, origin);
}

interface Said {
  /** What follows "from now on", as it was written; null without it. */
  fromNowOn: string | null;
  /** What follows all openers. */
  rest: string;
}

function withoutOpeners(text: string): Said {
  let rest = text;
  let fromNowOn: string | null = null;
  for (let opened = true, n = 0; opened && n < c.OPENERS; n++) {
    const before = rest;
    rest = rest.replace(GREETING, '').replace(POLITE, '');
    if (fromNowOn === null && FROM_NOW_ON.test(rest)) {
      rest = rest.replace(FROM_NOW_ON, '');
      fromNowOn = rest;
    }
    opened = rest !== before;
  }
  return { fromNowOn, rest };
}

function naming(rest: string, origin: number): Draft[] | null {
  const forMind = leadingName(MIND_NAME.exec(rest)?.[1] ?? '');
  if (forMind) return adoptionDrafts(forMind.name, 'user', USER_CONFIDENCE, origin);
  const name = leadingName(USER_NAME.exec(rest)?.[1] ?? '')?.name ?? soleName(rest);
  return name === undefined ? null : [draft('user_identity_set', { name, confidence: USER_CONFIDENCE })];
}

/** "I'm X" names the user when X is all that follows; in a sentence of capitals they tell nothing. */
function soleName(sentence: string): string | undefined {
  const found = leadingName(I_AM.exec(sentence)?.[1] ?? '');
  if (!found?.whole) return undefined;
  const shouted = sentence === sentence.toUpperCase() && sentence !== sentence.toLowerCase();
  return shouted && found.name.includes(' ') ? undefined : found.name;
}

function knowledge(rest: string, origin: number): Draft[] | null {
  const statement = REMEMBER.exec(rest)?.[1]?.trim();
  if (statement === undefined || statement.length > c.STATEMENT_MAX_UNITS) return null;
  return [draft('knowledge_assert', { origin }, statement)];
}

function directive({ fromNowOn, rest }: Said, question: boolean, origin: number): Draft[] {
  const text = fromNowOn ?? (question ? null : alwaysOrNever(rest));
  if (text === null || text.length > c.DIRECTIVE_MAX_UNITS || !/[\p{L}\p{N}]/u.test(text)) return [];
  return [draft('autonomy_directive', { source: 'user', origin }, text)];
}

function alwaysOrNever(sentence: string): string | null {
  const words = ALWAYS_NEVER.exec(sentence)?.[1]?.split(/\s+/u) ?? [];
  return words.length < c.DIRECTIVE_WORDS || NEVER_MIND.test(sentence) ? null : sentence;
}
