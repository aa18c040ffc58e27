import fc from 'fast-check';
import { LINE_UNITS, LISTED_LINES, ReplyFilter } from './reply-filter';

function through(pieces: readonly string[]) {
  const shown: string[] = [];
  const filter = new ReplyFilter((text) => shown.push(text));
  for (const piece of pieces) filter.push(piece);
  return { ...filter.end(), pieces: shown };
}

/** Answers made of what matters: markers and parts of them, line ends, halves of characters, U+0000. */
const answers = fc
  .array(
    fc.oneof(
      fc.constantFrom(
        'COMMIT: ',
        'DONE: ',
        'NAME: ',
        'DIRECTIVE: ',
        'COM',
        'MIT:',
        'commit: ',
        ' ',
        '\n',
        '\r\n',
      ),
      fc.constantFrom('call Sam', 'cabcdefghijk #3', 'Ada', '🙂', '\ud83d', '\ude42', '\0', 'ß'),
      fc.string({ maxLength: 5 }),
    ),
    { maxLength: 40 },
  )
  .map((parts) => parts.join(''));

function cut(text: string, at: readonly number[]): string[] {
  const places = [...new Set(at.map((n) => n % (text.length + 1)))].sort((a, b) => a - b);
  return [0, ...places].map((from, i) => text.slice(from, places[i] ?? text.length));
}

describe('an answer that comes in pieces', () => {
  it('comes to the same however it is cut', () => {
    fc.assert(
      fc.property(answers, fc.array(fc.nat(), { maxLength: 30 }), (answer, at) => {
        const { shown, lines, pieces } = through(cut(answer, at));
        const whole = through([answer]);
        expect({ shown, lines }).toEqual({ shown: whole.shown, lines: whole.lines });
        expect(pieces.join('')).toBe(shown);
      }),
      { numRuns: 1_000 },
    );
  });

  it('comes to the same character by character, and shows only what a log takes', () => {
    fc.assert(
      fc.property(answers, (answer) => {
        const { shown, lines, pieces } = through(answer.split(''));
        expect(shown).toBe(through([answer]).shown);
        for (const text of [...pieces, ...lines.map(({ line }) => line)]) {
          expect(text.isWellFormed()).toBe(true);
          expect(text).not.toContain('\0');
        }
      }),
    );
  });

  it('never shows a control line, not even its beginning', () => {
    const { shown, lines, pieces } = through(['Yes.\nCO', 'MMIT', ': call ', 'Sam\nBye.\nDO', 'NE: x']);
    expect(shown).toBe('Yes.\nBye.');
    expect(pieces).toEqual(['Yes.', '\nBye.']);
    expect(lines.map(({ line }) => line)).toEqual(['COMMIT: call Sam', 'DONE: x']);
  });

  it('shows at once what can no longer be a control line', () => {
    const seen: string[] = [];
    const filter = new ReplyFilter((text) => seen.push(text));
    filter.push('CO');
    expect(seen).toEqual([]);
    filter.push('RN');
    expect(seen.join('')).toBe('CORN');
    filter.push(' and more');
    expect(seen.join('')).toBe('CORN and more');
  });

  it('lists a bounded number of bounded lines', () => {
    const { lines } = through(
      Array.from({ length: 100 }, (_, n) => `DIRECTIVE: ${n} ${'x'.repeat(3_000)}\n`),
    );
    expect(lines).toHaveLength(LISTED_LINES);
    expect(lines.every(({ line }) => line.length <= LINE_UNITS)).toBe(true);
    expect(lines.filter(({ refused }) => refused === undefined)).toHaveLength(8);
  });
});
