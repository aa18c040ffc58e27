import { nextDelayMs } from './back-off';

describe('back-off', () => {
  it('doubles from 0.2 s to 10 s', () => {
    const delays = [0, 0, 0, 0, 0, 0, 0, 0];
    let delay = 0;
    for (const i of delays.keys()) delays[i] = delay = nextDelayMs(delay, 100);
    expect(delays).toEqual([200, 400, 800, 1_600, 3_200, 6_400, 10_000, 10_000]);
  });

  it('begins again for a process that had lived for 30 s', () => {
    expect(nextDelayMs(10_000, 29_999)).toBe(10_000);
    expect(nextDelayMs(10_000, 30_000)).toBe(200);
  });
});
