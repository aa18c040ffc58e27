import { collapseSpaces, trimSpaces } from './spaces';

/** As Python's `str.strip` and `\s` understand white space, for that is how the original compared texts. */
describe('white space', () => {
  it.each([
    ['abc', 'abc'],
    [' a ', 'a'],
    ['\u001ca\u0085', 'a'],
    ['\ufeffa', '\ufeffa'],
    ['\u3000日\u3000', '日'],
    ['', ''],
    [' \t', ''],
  ])('%j trimmed is %j', (text, trimmed) => expect(trimSpaces(text)).toBe(trimmed));

  it.each([
    ['use  plain \n words', 'use plain words'],
    ['be\u00a0concise ', 'be concise'],
    ['a\ufeffb', 'a\ufeffb'],
  ])('%j collapsed is %j', (text, collapsed) => expect(collapseSpaces(text)).toBe(collapsed));
});
