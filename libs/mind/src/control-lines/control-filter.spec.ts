import fc from 'fast-check';
import { ControlFilter, parseControlLines } from './control-filter';
import { REPLY_CONTROLS } from './control-line';

const parse = (text: string) => parseControlLines(text, REPLY_CONTROLS);

describe('taking control lines out of a text', () => {
  it.each([
    ['Hello\nCOMMIT: water the plants\nBye', 'Hello\nBye', ['COMMIT: water the plants']],
    ['Hello\nCOMMIT: water the plants', 'Hello', ['COMMIT: water the plants']],
    ['COMMIT: water the plants\nHello', 'Hello', ['COMMIT: water the plants']],
    [
      'COMMIT: water the plants\n\nHello\n\nNAME: Nova\n',
      'Hello',
      ['COMMIT: water the plants', 'NAME: Nova'],
    ],
    ['Hello\r\nNAME: Nova\r\nBye', 'Hello\r\nBye', ['NAME: Nova']],
    ['one\n\ntwo', 'one\n\ntwo', []],
    ['COMMITMENT is good', 'COMMITMENT is good', []],
    ['COMM', 'COMM', []],
    ['', '', []],
  ])('%j shows %j', (text, shown, lines) => {
    expect(parse(text).shown).toBe(shown);
    expect(parse(text).lines.map(({ line }) => line)).toEqual(lines);
  });

  it('counts at most 8, and takes the others out too', () => {
    const { shown, lines } = parse(`Hello\n${'DIRECTIVE: be brief\n'.repeat(10)}`);
    expect(shown).toBe('Hello');
    expect(lines.filter(({ refused }) => refused === undefined)).toHaveLength(8);
    expect(lines[9]).toMatchObject({ refused: 'at most 8 control lines count' });
  });

  it('comes to the same in whatever pieces the text comes', () => {
    const part = fc.constantFrom(
      'COMMIT: water the plants',
      'NAME: Nova',
      'COM',
      'Hello',
      '\n',
      '\n\n',
      ' ',
      ':',
      '\r\n',
    );
    fc.assert(
      fc.property(fc.array(part), fc.array(fc.nat(200)), (parts, cuts) => {
        const text = parts.join('');
        const filter = new ControlFilter(REPLY_CONTROLS);
        let shown = '';
        let from = 0;
        for (const at of [...cuts.map((cut) => cut % (text.length + 1)), text.length].sort((a, b) => a - b)) {
          shown += filter.push(text.slice(from, at));
          from = at;
        }
        shown += filter.end();
        expect({ shown, lines: filter.lines }).toEqual(parse(text));
        expect(shown).not.toMatch(/^(?:COMMIT|NAME):/mu);
      }),
      { numRuns: 1_000 },
    );
  });

  it('holds back only what may still become a control line', () => {
    const filter = new ControlFilter(REPLY_CONTROLS);
    expect(filter.push('Hel')).toBe('Hel');
    expect(filter.push('lo\nCO')).toBe('lo');
    expect(filter.push('ME ON')).toBe('\nCOME ON');
    expect(filter.push('\nDONE')).toBe('');
    expect(filter.push(': c1 #3\nmore')).toBe('\nmore');
    expect(filter.end()).toBe('');
    expect(filter.lines).toHaveLength(1);
  });

  it('holds a bounded part of a line without end', () => {
    const filter = new ControlFilter(REPLY_CONTROLS);
    filter.push('COMMIT: ');
    for (let i = 0; i < 100; i++) expect(filter.push('x'.repeat(1_000))).toBe('');
    expect(filter.end()).toBe('');
    expect(filter.lines[0]).toMatchObject({ kind: 'commit', refused: 'the line is too long' });
  });
});
