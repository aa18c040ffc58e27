import { AppError } from '#libs/kernel';
import { TurnQueue } from './turn-queue';

const tick = () => new Promise((resolve) => setImmediate(resolve));

function gate() {
  let open: () => void = () => undefined;
  const opened = new Promise<void>((resolve) => (open = resolve));
  return { open, opened };
}

describe('the queue of turns', () => {
  let now = 0;
  const clock = { now: () => now };
  const turn = (key: string, mind = 'ada') => ({ mind, key, deadlineAt: 1_000 });
  beforeEach(() => (now = 0));

  it('runs one turn at a time per mind, in order, and minds side by side', async () => {
    const queue = new TurnQueue(clock);
    const { open, opened } = gate();
    const ran: string[] = [];
    const work = (name: string) => async () => {
      ran.push(name);
      await opened;
      return name;
    };
    const all = [
      queue.run(turn('1'), work('a1')),
      queue.run(turn('2'), work('a2')),
      queue.run(turn('1', 'bob'), work('b1')),
    ];
    await tick();
    expect(ran).toEqual(['a1', 'b1']);
    open();
    expect(await Promise.all(all)).toEqual(['a1', 'a2', 'b1']);
    expect(ran).toEqual(['a1', 'b1', 'a2']);
  });

  it('lets 16 wait, refuses the next, and has room again afterwards', async () => {
    const queue = new TurnQueue(clock);
    const { open, opened } = gate();
    const all = Array.from({ length: 17 }, (_, n) => queue.run(turn(`${n}`), () => opened));
    await expect(queue.run(turn('18'), () => opened)).rejects.toMatchObject({
      code: 'busy',
      retryable: true,
    });
    await expect(queue.run(turn('1', 'bob'), () => Promise.resolve('bob'))).resolves.toBe('bob');
    open();
    await Promise.all(all);
    await tick();
    await expect(queue.run(turn('19'), () => Promise.resolve('again'))).resolves.toBe('again');
  });

  it('gives a repeat the answer of the turn that waits or runs, and it takes no place', async () => {
    const queue = new TurnQueue(clock);
    const { open, opened } = gate();
    let runs = 0;
    const work = async () => {
      runs += 1;
      await opened;
      return runs;
    };
    const all = Array.from({ length: 40 }, () => queue.run(turn('same'), work));
    open();
    expect(new Set(await Promise.all(all))).toEqual(new Set([1]));
    await tick();
    expect(await queue.run(turn('same'), work)).toBe(2);
  });

  it('goes on after a turn that fails', async () => {
    const queue = new TurnQueue(clock);
    const failing = queue.run(turn('1'), () => Promise.reject(new AppError('model_refused', 'no')));
    const next = queue.run(turn('2'), () => Promise.resolve('next'));
    await expect(failing).rejects.toMatchObject({ code: 'model_refused' });
    await expect(next).resolves.toBe('next');
  });

  it('does not begin what waited past its deadline', async () => {
    const queue = new TurnQueue(clock);
    const { open, opened } = gate();
    const first = queue.run(turn('1'), () => opened);
    let ran = false;
    const second = queue.run(turn('2'), () => Promise.resolve((ran = true)));
    await tick();
    now = 1_001;
    open();
    await first;
    await expect(second).rejects.toMatchObject({ code: 'timeout' });
    expect(ran).toBe(false);
  });

  it('refuses what has not begun once it is closed; what runs goes on', async () => {
    const queue = new TurnQueue(clock);
    const { open, opened } = gate();
    const running = queue.run(turn('1'), () => opened.then(() => 'done'));
    const waiting = queue.run(turn('2'), () => Promise.resolve('never'));
    await tick();
    queue.close();
    await expect(queue.run(turn('3'), () => Promise.resolve('never'))).rejects.toMatchObject({
      code: 'unavailable',
    });
    open();
    await expect(running).resolves.toBe('done');
    await expect(waiting).rejects.toMatchObject({ code: 'unavailable', retryable: true });
  });
});
