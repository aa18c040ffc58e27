import { within } from './within';

beforeEach(() => jest.useFakeTimers());
afterEach(() => jest.useRealTimers());

describe('within', () => {
  it('gives what the work gives, and leaves no timer behind', async () => {
    await expect(within(Promise.resolve(1), 1_000, () => 2)).resolves.toBe(1);
    await expect(within(Promise.reject(new Error('no')), 1_000, () => 2)).rejects.toThrow('no');
    expect(jest.getTimerCount()).toBe(0);
  });

  it('gives something else when the work takes too long, and does not mind how it ends', async () => {
    let fail: (error: Error) => void = () => undefined;
    const work = new Promise<number>((_, reject) => (fail = reject));
    const result = within(work, 1_000, () => 2);
    await jest.advanceTimersByTimeAsync(1_000);
    await expect(result).resolves.toBe(2);
    fail(new Error('much later'));
    await jest.advanceTimersByTimeAsync(1);
  });

  it('takes a time without end for a very long one', async () => {
    let done: (value: number) => void = () => undefined;
    const result = within(new Promise<number>((resolve) => (done = resolve)), Infinity, () => 2);
    await jest.advanceTimersByTimeAsync(60_000);
    done(1);
    await expect(result).resolves.toBe(1);
  });
});
