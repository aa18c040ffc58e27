import type { Style } from '#libs/contracts';
import { mark, memoryOf, quoted, wordsOf, type EchoMemory } from './echo-memory';
import type { ContextItem, ModelRequest } from './model.port';

const TOPICS = 6;
const WORDS_PER_TOPIC = 2;

/** What a reflection is made of: marked topics of what was said, who reflects, and what is still owed. */
interface Parts {
  topics: string[];
  who: string;
  duty: string | null;
}

type Template = (parts: Parts) => [string, string];

/**
 * Two lines each. Marks, which differ from one reflection to the next, stand between the fixed words, so that two
 * reflections of one style share hardly any run of three words.
 */
const TEMPLATES: Record<Style, Template> = {
  succinct: ({ topics, who, duty }) => [
    `In short: ${topics.join(', ')}.`,
    duty ? `${who} holds to ${duty}.` : `${who} owes nothing.`,
  ],
  question_form: ({ topics, who, duty }) => [
    `Why ${topics.join(', and why ')}?`,
    duty ? `What will ${who} do about ${duty}?` : `What could ${who} take on?`,
  ],
  narrative: ({ topics, who, duty }) => [
    `First came ${topics.join(', then ')}.`,
    duty ? `By now ${who} still carries ${duty}.` : `By now ${who} walks freely.`,
  ],
  checklist: ({ topics, who, duty }) => [
    topics.map((topic) => `- heard ${topic}`).join('; '),
    duty ? `- next: ${who} settles ${duty}` : `- next: ${who} listens on`,
  ],
  analytical: ({ topics, who, duty }) => [
    `Weighed: ${topics.join(' against ')}.`,
    duty ? `Result: ${who} remains bound by ${duty}.` : `Result: ${who} remains unbound.`,
  ],
};

/** The reflection of `echo`: two lines, at least 30 characters, that vary with what was said and with the style. */
export function reflect(request: ModelRequest): string {
  const memory = memoryOf(request);
  const [first, second] = TEMPLATES[request.style ?? 'succinct']({
    topics: topicsOf(memory),
    who: whoOf(request, memory),
    duty: dutyOf(memory),
  });
  return `${first}\n${second}`;
}

function topicsOf(memory: EchoMemory): string[] {
  const said = memory.of('said');
  const byUser = said.filter(({ speaker }) => speaker === 'user');
  const topics = (byUser.length ? byUser : said).slice(-TOPICS).map(topicOf);
  return topics.length ? topics : ['nothing that was said since'];
}

function topicOf(item: ContextItem): string {
  const long = [...new Set(wordsOf(item.text))].slice(0, WORDS_PER_TOPIC);
  const short =
    item.text
      .toLowerCase()
      .match(/[\p{L}\p{N}]+/gu)
      ?.slice(0, WORDS_PER_TOPIC) ?? [];
  return `${mark(item)} ${(long.length ? long : short).join(' ') || 'a sign'}`;
}

/** The mind's name, marked with how far it looks back. */
function whoOf({ context }: ModelRequest, { name }: EchoMemory): string {
  const position = Math.max(0, ...context.map((item) => item.position));
  return position > 0 ? `[#${position}] ${name?.text ?? 'this mind'}` : 'this mind';
}

function dutyOf(memory: EchoMemory): string | null {
  const [first] = memory.of('commitment');
  return first ? `${mark(first)} ${quoted(first.text, 60)}` : null;
}
