import type { MindEvent } from '#libs/contracts';
import { sha256, type Section } from '#libs/kernel';
import type { ClockState } from '../clock/clock.fold';
import { keepNewest, putLast } from '../events/bounded';
import {
  FIELD_UNITS,
  isImported,
  numberField,
  objectField,
  shortField,
  textField,
} from '../events/event-fields';
import { countCharacters, cutText } from '../text/cut-text';
import { trimSpaces } from '../text/spaces';
import * as c from './metrics.constants';
import { clipped } from './metrics.read-out';

/** The raw scores; `metricsReadOut` tells what counts. */
export interface MetricsState {
  ias: number;
  gas: number;
  /** Ticks counted, imported ones included. */
  tick: number;
  /** The last adoption, valid or not. */
  previous: { tick: number; name: string } | null;
  /** Tick of the last valid adoption. */
  validTick: number | null;
  /** Text of a commitment → the tick at which it was opened last; the oldest first. */
  opens: Map<string, number>;
  /** Violations that were scored. */
  violations: Map<string, number>;
}

export const metricsSection: Section<MetricsState, { clock: ClockState }> = {
  kinds: [
    'autonomy_tick',
    'identity_adopt',
    'identity_clear',
    'commitment_open',
    'commitment_close',
    'reflection',
    'invariant_violation',
  ],
  initialState: () => ({
    ias: 0,
    gas: 0,
    tick: 0,
    previous: null,
    validTick: null,
    opens: new Map(),
    violations: new Map(),
  }),
  evolve: (state, event, { clock }) => {
    const own = !isImported(event);
    // Events of other kinds came since the import: the scores have been clipped by the first of them.
    if (own && event.position > clock.ownSince) clip(state);
    score(state, event, own);
    if (own) clip(state);
    return state;
  },
};

function clip(state: MetricsState): void {
  state.ias = clipped(state.ias);
  state.gas = clipped(state.gas);
}

function score(state: MetricsState, event: MindEvent, own: boolean): void {
  switch (event.kind) {
    case 'autonomy_tick':
      return beat(state);
    case 'identity_adopt':
      return adopt(state, event);
    case 'identity_clear':
      // In the original a mind without a name went on to be rewarded for its stability.
      if (own) state.validTick = null;
      return;
    case 'commitment_open':
      return open(state, event);
    case 'commitment_close':
      state.gas += c.CLOSE_GAIN;
      return;
    case 'reflection':
      return reflect(state, event);
    case 'invariant_violation':
      return violate(state, event);
  }
}

function beat(state: MetricsState): void {
  state.tick++;
  state.ias *= c.DECAY_PER_TICK;
  state.gas *= c.DECAY_PER_TICK;
  const since = state.validTick === null ? 0 : state.tick - state.validTick;
  if (since > 0 && since % c.STABLE_WINDOW_TICKS === 0) state.ias += c.STABLE_WINDOW_BONUS;
}

function adopt(state: MetricsState, event: MindEvent): void {
  const { previous, tick } = state;
  const given =
    shortField(event, 'sanitized') ?? shortField(event, 'name') ?? cutText(event.content, FIELD_UNITS);
  const name = trimSpaces(given);
  if (name !== '' && (numberField(event, 'confidence') ?? 0) >= c.VALID_CONFIDENCE) state.validTick = tick;
  if (previous) {
    const since = tick - previous.tick;
    if (flips(previous.name, name) && since <= c.STABLE_WINDOW_TICKS) state.ias -= c.FLIP_FLOP_PENALTY;
    if (since >= c.STABLE_WINDOW_TICKS) {
      state.ias += c.STABLE_WINDOW_BONUS * Math.floor(since / c.STABLE_WINDOW_TICKS);
    }
  }
  state.previous = { tick, name };
}

const flips = (before: string, after: string): boolean =>
  before !== '' && after !== '' && before.toLowerCase() !== after.toLowerCase();

function open(state: MetricsState, event: MindEvent): void {
  const given = event.content !== '' ? event.content : (textField(event, 'text') ?? '');
  const text = trimSpaces(given).toLowerCase();
  if (text === '') return;
  const key = text.length > c.RECENT_TEXT_UNITS ? sha256(text) : text;
  const last = state.opens.get(key);
  if (last === undefined || state.tick - last > c.NOVEL_WINDOW_TICKS) state.gas += c.NOVEL_OPEN_GAIN;
  putLast(state.opens, key, state.tick, c.RECENT_OPENS_KEPT);
  for (const [old, tick] of state.opens) {
    if (state.tick - tick <= c.NOVEL_WINDOW_TICKS) break;
    state.opens.delete(old);
  }
}

function reflect(state: MetricsState, event: MindEvent): void {
  const text = trimSpaces(event.content).toLowerCase();
  const ofIdentity = text.includes('identity') && countCharacters(text) > c.IDENTITY_REFLECTION_CHARACTERS;
  if (ofIdentity || text.includes('my name')) state.ias += c.IDENTITY_REFLECTION_GAIN;
}

function violate(state: MetricsState, event: MindEvent): void {
  const { commitment_id: cid } = objectField(event, 'details');
  const about = typeof cid === 'string' || typeof cid === 'number' ? String(cid) : '';
  const text = JSON.stringify([textField(event, 'code') ?? '', about]);
  const key = text.length > c.RECENT_TEXT_UNITS ? sha256(text) : text;
  if (state.violations.has(key)) return;
  state.violations.set(key, event.position);
  keepNewest(state.violations, c.VIOLATIONS_KEPT);
  state.ias -= c.VIOLATION_PENALTY;
  state.gas -= c.VIOLATION_PENALTY;
}
