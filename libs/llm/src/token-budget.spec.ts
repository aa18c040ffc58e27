import { TokenBudget } from './token-budget';

describe('the tokens of a day', () => {
  const clock = { now: () => now };
  let now = Date.parse('2026-01-01T23:59:59.000Z');

  it('are counted per mind, end, and come again with the next day (UTC)', () => {
    const budget = new TokenBudget(100, clock);
    budget.record('ada', { inputTokens: 60, outputTokens: 39 });
    expect(() => budget.check('ada')).not.toThrow();
    budget.record('ada', { inputTokens: 1, outputTokens: 0 });
    expect(() => budget.check('ada')).toThrow(expect.objectContaining({ code: 'busy', retryable: true }));
    expect(() => budget.check('bob')).not.toThrow();
    now += 1_000;
    expect(() => budget.check('ada')).not.toThrow();
  });

  it('can be told what the log knows, which never lowers what was seen', () => {
    const budget = new TokenBudget(100, clock);
    budget.atLeast('ada', 100);
    expect(budget.exhausted('ada')).toBe(true);
    budget.atLeast('ada', 5);
    expect(budget.exhausted('ada')).toBe(true);
  });

  it('have no end without a setting', () => {
    const budget = new TokenBudget(undefined, clock);
    budget.record('ada', { inputTokens: 1e9, outputTokens: 1e9 });
    expect(() => budget.check('ada')).not.toThrow();
  });
});
