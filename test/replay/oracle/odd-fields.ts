import { Digits, type Written } from './python-text';

/** Chooses by numbers that a generator gave, one after the other. */
export class Choice {
  private at = 0;

  constructor(private readonly picks: readonly number[]) {}

  next(): number {
    return this.picks[this.at++ % this.picks.length] ?? 0;
  }

  of<T>(values: readonly T[]): T {
    return values[this.next() % values.length] as T;
  }
}

export const digits = (...texts: string[]): Written[] => texts.map((text) => new Digits(text));

/** Values of types that no field has. */
const ODD: Written[] = [
  null,
  true,
  false,
  ...digits('0', '1', '-0', '-0.0', '1.0', '0.9', '0.89999', '1e-07', '1E5', '1e+2', '-3'),
  '',
  [],
  ['Nova', new Digits('1')],
  new Map(),
  new Map<string, Written>([['name', 'Nova'], ['ключ', digits('2.50')], ['😀', null], ['\ufb01', true]]),
];

/** A field that mostly has one of its own values; at times it is absent or of a wrong type. */
export function field(choice: Choice, name: string, own: readonly Written[]): [string, Written][] {
  const luck = choice.next() % 16;
  if (luck === 1) return [];
  return [[name, luck === 2 ? choice.of(ODD) : choice.of(own)]];
}

/** A field that is there half of the time. */
export const perhaps = (choice: Choice, name: string, own: readonly Written[]): [string, Written][] =>
  choice.next() % 2 === 0 ? [] : field(choice, name, own);
