import { existsSync } from 'node:fs';
import { ProcessorTime } from './processor-time';

const here = existsSync('/proc/self/stat') ? it : it.skip;

function burn(ms: number): Promise<void> {
  const startedAt = process.cpuUsage();
  const taken = () => {
    const { user, system } = process.cpuUsage(startedAt);
    return (user + system) / 1000;
  };
  while (taken() < ms);
  return Promise.resolve();
}

here('tells what one piece of work took of the processor, over all stretches', async () => {
  const time = new ProcessorTime({ mine: process.pid });
  for (let stretch = 0; stretch < 2; stretch++) await time.during(10, () => burn(150));
  const [, us] = /^mine (\d+) µs$/.exec(String(time)) ?? [];
  expect(Number(us)).toBeGreaterThan(12_000);
  expect(Number(us)).toBeLessThan(25_000);
});

here('does not stumble over a process that is gone', async () => {
  const time = new ProcessorTime({ gone: 2 ** 22 + 1 });
  await time.during(1, () => Promise.resolve());
  expect(String(time)).toBe('gone 0 µs');
});
