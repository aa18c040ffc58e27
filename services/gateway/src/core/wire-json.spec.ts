import { AppError } from '#libs/kernel';
import { readJson, readQuery } from './wire-json';

const read = (text: string) => readJson(Buffer.from(text));
const codeOf = (act: () => unknown): string => {
  try {
    act();
  } catch (error) {
    if (error instanceof AppError) return error.code;
    throw error;
  }
  return 'none';
};

describe('readJson', () => {
  it('reads what can be stored', () => {
    const value = { text: 'Grüße 😀', list: [1, -0.5, 1e300, null, true], deep: { a: { b: [] } } };
    expect(read(JSON.stringify(value))).toEqual(value);
  });

  it('is not misled by what stands in texts', () => {
    const value = { 'a:"': ':\\":', b: ['9007199254740993', { '': '\\' }], ':': 2 ** 53 };
    expect(read(JSON.stringify(value))).toEqual(value);
    expect(read('{"a":9007199254740992,"b":-9007199254740992}')).toEqual({ a: 2 ** 53, b: -(2 ** 53) });
  });

  it.each([
    ['broken JSON', '{"a":', 'invalid_request'],
    ['nothing', '', 'invalid_request'],
    ['an endless number', '{"a":1e999}', 'invalid_request'],
    ['2^53 + 1, which would be stored as another number', '{"a":[9007199254740993]}', 'invalid_event'],
    ['the same below zero', '{"a":-9007199254740993}', 'invalid_event'],
    ['the same written otherwise', '{"a":90071992547409930e-1}', 'invalid_event'],
    ['a field given twice', '{"a":"x","a":"x"}', 'invalid_request'],
    ['a field given twice deep inside', '[{"a":{"b:":1,"\\u0062:":2}}]', 'invalid_request'],
    ['a prototype', '{"a":{"__proto__":{"b":1}}}', 'invalid_request'],
    ['U+0000', '{"a":["\\u0000"]}', 'invalid_event'],
    ['a lone surrogate', '{"a":{"b":"\\ud800"}}', 'invalid_event'],
    ['a lone surrogate in a key', '{"\\udfff":1}', 'invalid_event'],
    ['33 levels', `${'['.repeat(34)}${']'.repeat(34)}`, 'invalid_request'],
    ['a hundred thousand levels', `${'['.repeat(100_000)}${']'.repeat(100_000)}`, 'invalid_request'],
  ])('refuses %s', (_, text, code) => expect(codeOf(() => read(text))).toBe(code));

  it('refuses bytes that are not UTF-8', () => {
    expect(codeOf(() => readJson(Buffer.from([0x22, 0xc3, 0x22])))).toBe('invalid_request');
  });
});

describe('readQuery', () => {
  it('reads the fields after the question mark', () => {
    expect(readQuery('/v1/minds?after=a%20b&limit=5')).toEqual({ after: 'a b', limit: '5' });
    expect(readQuery('/v1/minds')).toEqual({});
  });

  it.each([
    ['a field given twice', '/x?limit=1&limit=1', 'invalid_request'],
    ['a prototype', '/x?__proto__=1', 'invalid_request'],
    ['U+0000', '/x?kind=%00', 'invalid_event'],
  ])('refuses %s', (_, url, code) => expect(codeOf(() => readQuery(url))).toBe(code));
});
