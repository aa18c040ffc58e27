import { rangesOf } from './ranges';

it.each<[number[], string]>([
  [[], ''],
  [[0], '0'],
  [[0, 1], '0-1'],
  [[0, 1, 2, 5, 7, 8, 63], '0-2 5 7-8 63'],
])('%j is %s', (numbers, text) => expect(rangesOf(numbers)).toBe(text));
