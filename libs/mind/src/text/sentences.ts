/** A sentence of a user's text, without the marks at its end. */
export interface Sentence {
  text: string;
  question: boolean;
}

const END = /[.!?…]+["'”’»)\]]*(?=\s|$)|[。！？]+["'”’»)\]]*/gu;
/** A full stop after an initial or a title ends no sentence. */
const ABBREVIATION = /(?:^|[\s"'“‘«(])(?:\p{Lu}|Dr|Mr|Mrs|Ms|St|Prof)$/u;

/** The sentences of a text, in order. A line break ends a sentence too. */
export function sentencesOf(text: string): Sentence[] {
  return text.split(/\r?\n|\r/u).flatMap(sentencesOfLine);
}

function sentencesOfLine(line: string): Sentence[] {
  const sentences: Sentence[] = [];
  let start = 0;
  for (const match of line.matchAll(END)) {
    const end = match.index + match[0].length;
    if (match[0] === '.' && end < line.length && ABBREVIATION.test(line.slice(start, match.index))) continue;
    const closing = match[0].replace(/[.!?…。！？]/gu, '');
    addSentence(sentences, line.slice(start, match.index) + closing, /[?？]/u.test(match[0]));
    start = end;
  }
  addSentence(sentences, line.slice(start), false);
  return sentences;
}

function addSentence(sentences: Sentence[], given: string, question: boolean): void {
  const text = given.trim();
  if (text !== '') sentences.push({ text, question });
}
