import { NAME } from '#libs/contracts';

const MOST_WORDS = 4;
const QUOTED = /^["“”„«'‘](.+?)["“”»'’](?=\s*(?:$|[,;]|and\b))/iu;
/** A word that begins with a capital, or with a letter that has no case. */
const NAME_WORD = /^[\p{Lu}\p{Lt}\p{Lo}\p{Lm}][\p{L}\p{M}\p{N}'\-_.]*$/u;
const ANYTHING_TO_READ = /[\p{L}\p{N}]/u;

/**
 * A name as it is stored (NFC, trimmed), or null when it is none: 1 to 64 characters, a letter first, then letters,
 * digits, space and `'` `-` `_` `.`.
 */
export function validName(given: string): string | null {
  const name = given.normalize('NFC').trim();
  return NAME.test(name) ? name : null;
}

export interface LeadingName {
  name: string;
  /** Nothing follows it in the sentence. */
  whole: boolean;
}

/**
 * The name at the beginning of the rest of a sentence: anything in quotes, or the longest run of at most 4 words with
 * capitals. It must reach the end of the sentence, a comma or "and".
 */
export function leadingName(rest: string): LeadingName | null {
  const text = rest.normalize('NFC').trim();
  const quoted = QUOTED.exec(text);
  if (quoted) return named(quoted[1] ?? '', text.slice(quoted[0].length));
  const words = text.replaceAll('’', "'").split(/\s+/u);
  const run: string[] = [];
  for (const [i, word] of words.entries()) {
    if (/^and$/iu.test(word)) return named(run.join(' '), 'and');
    const bare = word.replace(/(?<![,;])[,;]+$/u, '');
    if (run.length === MOST_WORDS || !NAME_WORD.test(bare))
      return named(run.join(' '), words.slice(i).join(' '));
    run.push(bare);
    if (bare !== word) return named(run.join(' '), word.slice(bare.length));
  }
  return named(run.join(' '), '');
}

function named(given: string, rest: string): LeadingName | null {
  const name = validName(given);
  const ends = /^\s*(?:[,;]|and\b)/iu.test(rest);
  const whole = !ANYTHING_TO_READ.test(rest) && !ends;
  return name !== null && (whole || ends) ? { name, whole } : null;
}
