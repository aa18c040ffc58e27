import type { Style } from '#libs/contracts';
import { mark, memoryOf, wordsOf, type EchoMemory } from './echo-memory';
import type { ContextItem, ModelRequest } from './model.port';

const TOPICS = 6;
const WORDS_PER_TOPIC = 2;

/** What a reflection is made of: marked topics of what was said, who looks back from where, and what is still owed. */
interface Parts {
  topics: string;
  who: string;
  duty: string | null;
}

type Template = (parts: Parts) => [string, string];

/**
 * Two lines each. Marks, which differ from one reflection to the next, stand between the few fixed words, so that two
 * reflections of one style share few runs of three words even when the user repeats himself.
 */
const TEMPLATES: Record<Style, Template> = {
  succinct: ({ topics, who, duty }) => [
    `In short: ${topics}.`,
    `${who} ${duty ? `holds ${duty}` : 'is free'}.`,
  ],
  question_form: ({ topics, who, duty }) => [
    `Why ${topics}?`,
    `At ${who} asks: ${duty ? `when ${duty}` : 'what now'}?`,
  ],
  narrative: ({ topics, who, duty }) => [
    `First came ${topics}.`,
    `By ${who} ${duty ? `carried ${duty}` : 'walked on'}.`,
  ],
  checklist: ({ topics, who, duty }) => [
    `- heard ${topics}`,
    `- ${who} ${duty ? `settles ${duty}` : 'listens on'}`,
  ],
  analytical: ({ topics, who, duty }) => [
    `Weighed: ${topics}.`,
    `Result: ${who} ${duty ? `owes ${duty}` : 'owes nothing'}.`,
  ],
};

/** The reflection of `echo`: two lines, at least 30 characters, that vary with what was said and with the style. */
export function reflect(request: ModelRequest): string {
  const memory = memoryOf(request);
  const [duty] = memory.of('commitment');
  const [first, second] = TEMPLATES[request.style ?? 'succinct']({
    topics: topicsOf(memory),
    who: whoOf(request, memory),
    duty: duty ? topicOf(duty) : null,
  });
  return `${first}\n${second}`;
}

function topicsOf(memory: EchoMemory): string {
  const said = memory.of('said');
  const byUser = said.filter(({ speaker }) => speaker === 'user');
  const topics = (byUser.length ? byUser : said).slice(-TOPICS).map(topicOf);
  return topics.length ? topics.join(', ') : 'nothing new was said';
}

function topicOf(item: ContextItem): string {
  const long = [...new Set(wordsOf(item.text))].slice(0, WORDS_PER_TOPIC);
  const short =
    item.text
      .toLowerCase()
      .match(/[\p{L}\p{N}]+/gu)
      ?.slice(0, WORDS_PER_TOPIC) ?? [];
  const words = long.length === WORDS_PER_TOPIC ? long : short;
  return `${mark(item)} ${words.join(' ') || 'a sign'}`;
}

/** The mind's name after the mark of how far it looks back. */
function whoOf({ context }: ModelRequest, { name }: EchoMemory): string {
  const position = Math.max(0, ...context.map((item) => item.position));
  const who = name?.text ?? 'this mind';
  return position > 0 ? `[#${position}] ${who}` : who;
}
