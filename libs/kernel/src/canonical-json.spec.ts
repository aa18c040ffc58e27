import fc from 'fast-check';
import { canonicalJson } from './canonical-json';

describe('canonical JSON (RFC 8785)', () => {
  it.each([
    [{ b: 1, a: [true, null, 'x'] }, '{"a":[true,null,"x"],"b":1}'],
    [{ '\u20ac': 1, '\r': 2, '1': 3 }, '{"\\r":2,"1":3,"\u20ac":1}'],
    [
      { z: [{ toJSON: 1, b: null, a: 'é' }], toJSON: {}, a: 2 },
      '{"a":2,"toJSON":{},"z":[{"a":"é","b":null,"toJSON":1}]}',
    ],
    [[1e-7, 0.1, -0, 100, 123456.5], '[1e-7,0.1,0,100,123456.5]'],
    ['\u0001"\\\u2028\ud83d\ude00', '"\\u0001\\"\\\\\u2028\ud83d\ude00"'],
  ])('writes %j as %s', (value, text) => expect(canonicalJson(value)).toBe(text));

  it('sorts keys by UTF-16 code unit', () =>
    expect(canonicalJson({ '\ufb33': 1, '\ud83d\ude00': 2 })).toBe('{"\ud83d\ude00":2,"\ufb33":1}'));

  it.each([
    ['a lone surrogate', { a: '\ud800' }],
    ['a lone surrogate in a key', { '\udc00': 1 }],
    ['U+0000', { a: 'x\u0000' }],
    ['NaN', [NaN]],
    ['infinity', [Infinity]],
    ['an integer beyond 2^53', [2 ** 53 + 2]],
    ['undefined', [undefined]],
    ['a date', [new Date(0)]],
    ['a function', [() => 1]],
  ])('refuses %s', (_what, value) =>
    expect(() => canonicalJson(value)).toThrow(expect.objectContaining({ code: 'invalid_event' })),
  );

  it('refuses nesting beyond the given depth', () => {
    expect(() => canonicalJson([[[1]]], 2)).toThrow();
    expect(canonicalJson([[1]], 2)).toBe('[[1]]');
  });

  it('parses back to the same value, whatever the order of keys', () =>
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        fc.pre(!/\\u0000|\\ud[89a-f]/i.test(JSON.stringify(value)) && !hasBigInteger(value));
        const text = canonicalJson(value);
        expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(value)));
        expect(canonicalJson(JSON.parse(text))).toBe(text);
      }),
    ));
});

const hasBigInteger = (value: unknown): boolean =>
  JSON.stringify(value, (_key, item: unknown) =>
    typeof item === 'number' && Math.abs(item) > 2 ** 53 ? '!big!' : item,
  ).includes('!big!');
