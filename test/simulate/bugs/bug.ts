import { eventId } from '#libs/kernel';

/** A fault planted into the code under test, from outside of it, to see whether a run finds it. */
export interface Bug {
  name: string;
  /** What it does, for people. */
  about: string;
  /** Plants it. Gives what takes it out again. */
  plant(): () => void;
}

type Method<This, Given extends unknown[], Result> = (this: This, ...given: Given) => Result;

/** Puts another method in the place of one; it gets the first one to call. Gives what puts that back. */
export function instead<This, Given extends unknown[], Result>(
  prototype: object,
  name: string,
  other: (first: Method<This, Given, Result>) => Method<This, Given, Result>,
): () => void {
  const methods = prototype as Record<string, Method<This, Given, Result>>;
  const first = methods[name];
  if (!first) throw new Error(`there is no method ${name} any more: this bug must be planted anew`);
  methods[name] = other(first);
  return () => {
    methods[name] = first;
  };
}

export const all = (undo: (() => void)[]) => () => undo.forEach((one) => one());

/** Events with ids by chance, which a seed repeats all the same. */
export const renamed = <E extends { id: string }>(events: readonly E[]): E[] =>
  events.map((event) => ({ ...event, id: eventId('by-chance', Math.random()) }));
