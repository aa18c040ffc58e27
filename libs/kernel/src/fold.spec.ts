import type { MindEvent } from '#libs/contracts';
import { composeFold, foldAll, type Section } from './fold';
import { decodeState, digestOf, encodeState } from './state-codec';

interface State {
  count: number;
  seen: Map<string, { at: number[] }>;
}

const count: Section<number> = { kinds: ['x.a', 'x.b'], initialState: () => 0, evolve: (n) => n + 1 };
const seen: Section<Map<string, { at: number[] }>, State> = {
  kinds: ['x.b'],
  initialState: () => new Map(),
  evolve: (map, event, all) => map.set(event.content, { at: [all.count, event.position] }),
};
const fold = composeFold<State>(1, { count, seen });
const event = (position: number, kind: string, content = ''): MindEvent => ({
  mind: 'm',
  position,
  id: '',
  kind,
  version: 1,
  at: '',
  content,
  meta: {},
  prevHash: null,
  hash: '',
});

describe('a composed fold', () => {
  const log = [event(1, 'x.a'), event(2, 'x.b', '__proto__'), event(3, 'x.c'), event(4, 'x.b', '1')];

  it('shows each section only its kinds, and earlier sections as they are after the event', () => {
    const state = foldAll(fold, log);
    expect(state.count).toBe(3);
    expect([...state.seen]).toEqual([
      ['__proto__', { at: [2, 2] }],
      ['1', { at: [3, 4] }],
    ]);
    expect(fold.touchedBy('x.a')).toEqual(['count']);
    expect(fold.touchedBy('x.c')).toEqual([]);
  });

  it('survives a snapshot: state, order of maps, and digest', () => {
    const state = foldAll(fold, log);
    const copy = decodeState<State>(encodeState(state));
    expect(copy).toEqual(state);
    expect([...copy.seen.keys()]).toEqual(['__proto__', '1']);
    expect(digestOf(fold, copy)).toBe(digestOf(fold, state));
    expect(digestOf(fold, foldAll(fold, [event(5, 'x.a')], copy))).not.toBe(digestOf(fold, state));
  });
});
