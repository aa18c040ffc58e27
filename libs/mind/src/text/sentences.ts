/** A sentence of a user's text, without the marks at its end. */
export interface Sentence {
  text: string;
  question: boolean;
}

/** The look behind keeps it from trying each dot of a long row anew. */
const END = /(?<![.!?…])[.!?…]+["'”’»)\]]*(?=\s|$)|(?<![。！？])[。！？]+["'”’»)\]]*/gu;
/** A full stop after an initial or a title ends no sentence. */
const ABBREVIATION = /(?:^|[\s"'“‘«(])(?:\p{Lu}|Dr|Mr|Mrs|Ms|St|Prof)$/u;
/** Longer than the longest of them and what stands before it. */
const ABBREVIATION_WINDOW = 8;

/** The sentences of a text, in order. A line break ends a sentence too. */
export function sentencesOf(text: string): Sentence[] {
  return text.split(/\r?\n|[\r\u2028\u2029]/u).flatMap(sentencesOfLine);
}

function sentencesOfLine(line: string): Sentence[] {
  const sentences: Sentence[] = [];
  let start = 0;
  for (const match of line.matchAll(END)) {
    const end = match.index + match[0].length;
    if (match[0] === '.' && end < line.length && endsAbbreviated(line, start, match.index)) continue;
    const closing = match[0].replace(/[.!?…。！？]/gu, '');
    addSentence(sentences, line.slice(start, match.index) + closing, /[?？]/u.test(match[0]));
    start = end;
  }
  addSentence(sentences, line.slice(start), false);
  return sentences;
}

const endsAbbreviated = (line: string, start: number, end: number): boolean =>
  ABBREVIATION.test(line.slice(Math.max(start, end - ABBREVIATION_WINDOW), end));

function addSentence(sentences: Sentence[], given: string, question: boolean): void {
  const text = given.trim();
  if (text !== '') sentences.push({ text, question });
}
