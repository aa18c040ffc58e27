import fc from 'fast-check';
import { isLosslessNumber, parse } from 'lossless-json';
import { readJson } from './json-reader';
import { JsonFault, JsonNumber, type JsonTree } from './json-tree';
import { byCodePoint, pythonJson } from './python-json';

const fault = (text: string, dumped = false): string => {
  try {
    readJson(text, { maxDepth: 8, dumped });
    return 'fine';
  } catch (error) {
    if (error instanceof JsonFault) return error.message;
    throw error;
  }
};

/** Both readers' values in one form. */
function plain(value: unknown): unknown {
  if (value instanceof JsonNumber) return { number: value.text };
  if (isLosslessNumber(value)) return { number: value.value };
  if (Array.isArray(value)) return value.map(plain);
  if (value instanceof Map) return Object.fromEntries([...value].map(([key, item]) => [key, plain(item)]));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, plain(item)]));
}

describe('the JSON reader', () => {
  it('reads what another lossless reader reads', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 5 }), fc.constantFrom(undefined, 1, '\t'), (value, indent) => {
        const text = JSON.stringify(value, null, indent);
        fc.pre(text.isWellFormed() && !/\\u(0000|d[89a-f])/i.test(text));
        expect(plain(readJson(text, { maxDepth: 64 }))).toEqual(plain(parse(text)));
      }),
    );
  });

  it('refuses what JSON.parse refuses', () => {
    fc.assert(
      fc.property(
        fc.json({ maxDepth: 3 }),
        fc.nat(),
        fc.constantFrom(...'{}[]",:0-.e\\ntx \n'),
        (text, where, char) => {
          const at = where % (text.length + 1);
          const changed = text.slice(0, at) + char + text.slice(at);
          let isJson = true;
          try {
            JSON.parse(changed);
          } catch {
            isJson = false;
          }
          if (!isJson) expect(fault(changed)).not.toBe('fine');
        },
      ),
      { numRuns: 2_000 },
    );
  });

  it.each([
    ['{"a":1,"a":1}', 'the key "a" occurs twice'],
    ['{"a":{"b":1,"b":1}}', 'the key "b" occurs twice'],
    ['[[[[[[[[[1]]]]]]]]]', 'nested too deeply'],
    ['"\\u0000"', 'U+0000'],
    ['"\\ud800"', 'lone surrogate'],
    ['NaN', 'a value is missing'],
    ['01', 'more text follows'],
    ['[1,]', 'a value is missing'],
    ['"a\nb"', 'not valid'],
    ['"abc', 'does not end'],
  ])('refuses %s', (text, message) => expect(fault(text)).toContain(message));

  it('keeps a key that objects treat in a special way', () => {
    expect(readJson('{"__proto__":1}', { maxDepth: 1 })).toEqual(
      new Map([['__proto__', new JsonNumber('1')]]),
    );
  });

  it.each(['{"a":1,"b":"x"}', '{"a": 1, "b": [1, 2]}', '{"b":"\\u00e9\\n","a":"é"}', '{}', '{"a":"\u007f"}'])(
    'takes %s for text that Python wrote',
    (text) => expect(fault(text, true)).toBe('fine'),
  );

  it.each([
    '{ "a":1}',
    '{"a" :1}',
    '{"a":  1}',
    '{"a":\n1}',
    '{"a":"\\u00E9"}',
    '{"a":"\\/"}',
    '{"a":"\\u0041"}',
    ' {}',
  ])('does not take %s for text that Python wrote', (text) => expect(fault(text, true)).not.toBe('fine'));
});

describe('Python’s way of writing JSON', () => {
  it('sorts by code point, not by UTF-16 unit', () => {
    expect(['\ue000', '😀', 'a', '', 'ab'].sort(byCodePoint)).toEqual(['', 'a', 'ab', '\ue000', '😀']);
  });

  it('is read again as the same', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 4 }), (value) => {
        const text = JSON.stringify(value);
        fc.pre(!/\\u(0000|d[89a-f])/i.test(text));
        const tree: JsonTree = readJson(text, { maxDepth: 16 });
        const written = pythonJson(tree);
        expect(written).toMatch(/^[ -~]*$/);
        expect(pythonJson(readJson(written, { maxDepth: 16, dumped: true }))).toBe(written);
        expect(JSON.parse(written)).toEqual(JSON.parse(text));
      }),
    );
  });
});
