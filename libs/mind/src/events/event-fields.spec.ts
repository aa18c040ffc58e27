import type { JsonObject, JsonValue, MindEvent } from '#libs/contracts';
import {
  integerField,
  isImported,
  numberField,
  objectField,
  resolveReference,
  resolveReferences,
  textField,
} from './event-fields';

const at = (position: number, meta: JsonObject = {}) => ({ position, meta }) as MindEvent;

describe('a reference', () => {
  it.each<[JsonValue | undefined, number | undefined]>([
    [1, 1],
    [7, 7],
    [12, 12],
    [-1, 9],
    [-9, 1],
    [-10, undefined],
    [0, undefined],
    [1.5, undefined],
    ['3', undefined],
    [null, undefined],
    [undefined, undefined],
  ])('%j in event #10 means #%s', (value, position) =>
    expect(resolveReference(at(10), value)).toBe(position),
  );

  it('that is none is left out of a list, which has at most 100', () => {
    expect(resolveReferences(at(10), [3, -1, 'x', 0, 2])).toEqual([3, 9, 2]);
    expect(resolveReferences(at(10), 'x')).toEqual([]);
    expect(resolveReferences(at(10), Array<number>(150).fill(4))).toHaveLength(100);
  });
});

describe('a field of a wrong type', () => {
  it.each<[JsonValue]>([[true], [['a']], [null], [{}]])('%j counts as absent', (value) => {
    const event = at(1, { field: value });
    for (const read of [textField, numberField, integerField]) expect(read(event, 'field')).toBeUndefined();
  });

  it('is an object without fields, where an object is wanted', () => {
    expect(objectField(at(1, { field: { a: 1 } }), 'field')).toEqual({ a: 1 });
    for (const value of [null, [1], 'a', 3])
      expect(objectField(at(1, { field: value }), 'field')).toEqual({});
  });

  it('is also an empty text, and a fraction where a whole number is wanted', () => {
    expect(textField(at(1, { field: '' }), 'field')).toBeUndefined();
    expect(numberField(at(1, { field: 1.5 }), 'field')).toBe(1.5);
    expect(integerField(at(1, { field: 1.5 }), 'field')).toBeUndefined();
  });
});

it('an imported event is one with `legacy`', () =>
  expect([isImported(at(1, { legacy: {} })), isImported(at(1))]).toEqual([true, false]));
