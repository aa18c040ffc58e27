import { PmmError } from './pmm-error';
import { DEFAULT_RETRY, pauseMs, retryAfterMs, worthRetrying } from './retry';

describe('pauseMs', () => {
  it('doubles its bound up to the longest pause', () => {
    const longest = [1, 2, 3, 20].map((failures) => pauseMs(DEFAULT_RETRY, failures, 1));
    expect(longest).toEqual([200, 400, 800, 5_000]);
  });

  it('takes a random part of the bound', () => {
    expect(pauseMs(DEFAULT_RETRY, 2, 0.25)).toBe(100);
    expect(pauseMs(DEFAULT_RETRY, 2, 0)).toBe(0);
  });

  it('waits as long as the server asks, within its own limit', () => {
    expect(pauseMs(DEFAULT_RETRY, 1, 0, 1_000)).toBe(1_000);
    expect(pauseMs(DEFAULT_RETRY, 1, 0, 3_600_000)).toBe(5_000);
  });
});

it.each([
  ['1', 1_000],
  [null, 0],
  ['Wed, 21 Oct 2015 07:28:00 GMT', 0],
  ['-1', 0],
])('reads Retry-After %p as %p ms', (header, ms) => expect(retryAfterMs(header)).toBe(ms));

it('leaves a failed model to the caller, because the turn is recorded as failed', () => {
  const failed = (code: 'busy' | 'model_unavailable' | 'not_found', retryable: boolean) =>
    worthRetrying(new PmmError(code, '', { retryable }));
  expect(failed('busy', true)).toBe(true);
  expect(failed('model_unavailable', true)).toBe(false);
  expect(failed('not_found', false)).toBe(false);
});
