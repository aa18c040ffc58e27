import { checkCommitmentText } from './commitment-text';
import { commitmentScore } from './commitment-score';
import type { OpenCommitment } from './commitment.types';

const base: OpenCommitment = { text: 'x', source: 'api', openedAt: '', openPosition: 1, openTick: 10 };
const at = '2026-01-10T00:00:00.000Z';
const score = (given: Partial<OpenCommitment>, tick = 10) =>
  commitmentScore({ ...base, ...given }, { tick, at });

describe('the priority of a commitment', () => {
  it.each([
    ['no due time, medium when nobody said', {}, 10, 0.3 * 0.6 + 0.1],
    ['high', { priority: 'high' as const }, 10, 0.3 + 0.1],
    ['low', { priority: 'low' as const }, 10, 0.06 + 0.1],
    ['100 ticks old', {}, 110, 0.18 + 0.05],
    ['due in 72 h', { dueAt: '2026-01-13T00:00:00.000Z' }, 10, 0.28],
    ['due in a month', { dueAt: '2026-02-13T00:00:00.000Z' }, 10, 0.28],
    ['due in 36 h', { dueAt: '2026-01-11T12:00:00.000Z' }, 10, 0.28 + 0.3],
    ['due now', { dueAt: at }, 10, 0.28 + 0.6],
    ['overdue', { dueAt: '2025-01-01T00:00:00.000Z' }, 10, 0.28 + 0.6],
  ])('%s', (_name, given, tick, expected) => expect(score(given, tick)).toBeCloseTo(expected, 12));

  it('is in [0, 1]', () => {
    expect(score({ priority: 'high', dueAt: at })).toBeCloseTo(1, 12);
    expect(commitmentScore(base, { tick: 0, at: null })).toBeLessThanOrEqual(1);
  });
});

describe('the text of a commitment', () => {
  it.each([
    ['abc', 'abc'],
    ['  finish it \n', 'finish it'],
    ['😀😀😀', '😀😀😀'],
    ['e\u0301ab', 'éab'],
    ['x'.repeat(400), 'x'.repeat(400)],
  ])('%j is stored as %j', (given, text) => expect(checkCommitmentText(given)).toEqual({ ok: true, text }));

  it.each(['', 'ab', ' ab ', 'x'.repeat(401), '😀😀'])('%j is refused', (given) =>
    expect(checkCommitmentText(given)).toEqual({ ok: false, reason: 'a commitment has 3 to 400 characters' }),
  );
});
