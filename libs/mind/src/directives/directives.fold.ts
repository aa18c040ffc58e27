import type { Directive, MindEvent } from '#libs/contracts';
import type { Section } from '#libs/kernel';
import { shortField } from '../events/event-fields';
import { cutText } from '../text/cut-text';
import { collapseSpaces, trimSpaces } from '../text/spaces';
import * as c from './directives.constants';

export interface DirectiveEntry {
  text: string;
  seen: number;
  /** Sightings among the last 200 directive events. */
  recent: number;
  firstPosition: number;
  lastPosition: number;
  /** Lower case, sorted. */
  sources: string[];
}

export interface DirectivesState {
  nextNumber: number;
  /** Text, white space collapsed → the number of its entry. */
  numbers: Map<string, number>;
  entries: Map<number, DirectiveEntry>;
  /** Numbers of the entries that the last 200 directive events spoke of, oldest first. */
  window: number[];
}

export const directivesSection: Section<DirectivesState> = {
  kinds: ['autonomy_directive'],
  initialState: () => ({ nextNumber: 1, numbers: new Map(), entries: new Map(), window: [] }),
  evolve: (state, event) => {
    const text = cutText(collapseSpaces(event.content), c.DIRECTIVE_UNITS);
    const number = state.numbers.get(text) ?? add(state, text, event);
    const entry = state.entries.get(number);
    if (entry) see(entry, event);
    slideWindow(state, number);
    if (state.entries.size > c.DIRECTIVES_KEPT) dropLowest(state);
    return state;
  },
};

function add(state: DirectivesState, text: string, { position }: MindEvent): number {
  const number = state.nextNumber++;
  state.numbers.set(text, number);
  state.entries.set(number, {
    text,
    seen: 0,
    recent: 0,
    firstPosition: position,
    lastPosition: position,
    sources: [],
  });
  return number;
}

function see(entry: DirectiveEntry, event: MindEvent): void {
  entry.seen++;
  entry.recent++;
  entry.lastPosition = event.position;
  const source = trimSpaces(shortField(event, 'source') ?? '').toLowerCase();
  if (source === '' || entry.sources.includes(source) || entry.sources.length >= c.SOURCES_KEPT) return;
  entry.sources.push(source);
  entry.sources.sort();
}

function slideWindow(state: DirectivesState, number: number): void {
  state.window.push(number);
  if (state.window.length <= c.RECENT_WINDOW) return;
  const left = state.entries.get(state.window.shift() ?? 0);
  if (left) left.recent--;
}

export const directiveScore = ({ seen, recent }: DirectiveEntry): number => seen + c.RECENT_WEIGHT * recent;

/** The lowest score leaves; of equal ones, the one that was not seen for the longest time. */
function dropLowest(state: DirectivesState): void {
  let lowest: [number, DirectiveEntry] | undefined;
  for (const candidate of state.entries) {
    const by = lowest ? directiveScore(candidate[1]) - directiveScore(lowest[1]) : -1;
    if (by < 0 || (by === 0 && lowest && candidate[1].lastPosition < lowest[1].lastPosition))
      lowest = candidate;
  }
  if (!lowest) return;
  state.entries.delete(lowest[0]);
  state.numbers.delete(lowest[1].text);
}

/** The directives that count now: the highest scores first, ties to the first seen. */
export const activeDirectives = (state: DirectivesState, limit = c.ACTIVE_DIRECTIVES): Directive[] =>
  [...state.entries.values()]
    .sort((a, b) => directiveScore(b) - directiveScore(a) || a.firstPosition - b.firstPosition)
    .slice(0, limit)
    .map((entry) => ({ ...entry, sources: [...entry.sources], score: directiveScore(entry) }));
