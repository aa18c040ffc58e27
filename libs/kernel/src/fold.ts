import type { MindEvent } from '#libs/contracts';

/**
 * One part of a mind's state with its own fold. `evolve` may change and return the state that it was given; the caller
 * must not use the old one again (linear use). So a fold costs what the event changes and not what the state holds,
 * and is still a function of the events alone.
 */
export interface Section<S, All = unknown> {
  /** The kinds of events that may change this section; it sees no others. */
  readonly kinds: readonly string[];
  initialState(): S;
  /** `all` are the sections of the composed state; those listed before this one have folded `event` already. */
  evolve(state: S, event: MindEvent, all: All): S;
}

export type Sections<S> = { readonly [K in keyof S]: Section<S[K], S> };

/** A state made of sections, and how events change it. */
export interface Fold<S extends object> {
  /** Raised whenever the same log would come to another state; snapshots of another version are not trusted. */
  readonly version: number;
  readonly sectionNames: readonly (keyof S & string)[];
  initialState(): S;
  /** Linear use: see {@link Section}. Never throws on imported fields. */
  evolve(state: S, event: MindEvent): S;
  /** The sections that an event of this kind may change. */
  touchedBy(kind: string): readonly (keyof S & string)[];
}

/** Composes sections, in the order in which they stand, into one fold. */
export function composeFold<S extends object>(version: number, sections: Sections<S>): Fold<S> {
  type Name = keyof S & string;
  const sectionNames = Object.keys(sections) as Name[];
  const byKind = new Map<string, Name[]>();
  for (const name of sectionNames) {
    for (const kind of sections[name].kinds) byKind.set(kind, [...(byKind.get(kind) ?? []), name]);
  }
  const none: Name[] = [];
  const touchedBy = (kind: string) => byKind.get(kind) ?? none;
  return {
    version,
    sectionNames,
    touchedBy,
    initialState: () =>
      Object.fromEntries(sectionNames.map((name) => [name, sections[name].initialState()])) as unknown as S,
    evolve: (state, event) => {
      for (const name of touchedBy(event.kind))
        state[name] = sections[name].evolve(state[name], event, state);
      return state;
    },
  };
}

/** The state that a log comes to, or a prefix of it when `state` is where the events before them came to. */
export function foldAll<S extends object>(
  fold: Fold<S>,
  events: Iterable<MindEvent>,
  state = fold.initialState(),
): S {
  let current = state;
  for (const event of events) current = fold.evolve(current, event);
  return current;
}
