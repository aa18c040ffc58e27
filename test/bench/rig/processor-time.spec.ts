import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
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

describe('a process that another one started', () => {
  const busy =
    'setInterval(() => { const end = Date.now() + 200; while (Date.now() < end); }, 1); console.log(1)';
  let child: ChildProcess;

  beforeAll(async () => {
    child = spawn(process.execPath, ['-e', busy], { stdio: ['ignore', 'pipe', 'inherit'] });
    await once(child.stdout as NodeJS.ReadableStream, 'data');
  });

  afterAll(async () => {
    child.kill();
    await once(child, 'exit');
  });

  const idle = () => new Promise((resolve) => setTimeout(resolve, 600));

  here('counts with the one that started it', async () => {
    const time = new ProcessorTime({ mine: process.pid });
    await time.during(1, idle);
    expect(Number(/^mine (\d+) µs$/.exec(String(time))?.[1])).toBeGreaterThan(100_000);
  });

  here('counts alone when it has a name of its own', async () => {
    const time = new ProcessorTime({ mine: process.pid, theirs: child.pid ?? 0 });
    await time.during(1, idle);
    const [, mine, theirs] = (/^mine (\d+) µs, theirs (\d+) µs$/.exec(String(time)) ?? []).map(Number);
    expect(theirs).toBeGreaterThan(100_000);
    expect(mine).toBeLessThan(theirs as number);
  });
});

here('does not stumble over a process that is gone', async () => {
  const time = new ProcessorTime({ gone: 2 ** 22 + 1 });
  await time.during(1, () => Promise.resolve());
  expect(String(time)).toBe('gone 0 µs');
});
