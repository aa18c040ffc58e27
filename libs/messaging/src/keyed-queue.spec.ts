import { KeyedQueue } from './keyed-queue';
import { gate, settled } from './testing/test-cache';

describe('a keyed queue', () => {
  it('runs one at a time per key in order of arrival, different keys side by side', async () => {
    const queue = new KeyedQueue(10);
    const first = gate();
    const order: string[] = [];
    const work =
      (name: string, until = Promise.resolve()) =>
      async () => {
        order.push(`${name} begins`);
        await until;
        order.push(`${name} ends`);
      };
    const all = [
      queue.run('a', work('a1', first.opened)),
      queue.run('a', work('a2')),
      queue.run('b', work('b1')),
      queue.run('a', work('a3')),
    ];
    await settled();
    expect(order).toEqual(['a1 begins', 'b1 begins', 'b1 ends']);
    first.open();
    await Promise.all(all);
    expect(order.slice(3)).toEqual(['a1 ends', 'a2 begins', 'a2 ends', 'a3 begins', 'a3 ends']);
  });

  it('begins at once when nobody is before', () => {
    const queue = new KeyedQueue(1);
    let begun = false;
    void queue.run('a', () => Promise.resolve(void (begun = true)));
    expect(begun).toBe(true);
  });

  it('goes on after a failure, which reaches its own caller, thrown or rejected', async () => {
    const queue = new KeyedQueue(10);
    const rejected = queue.run('a', () => Promise.reject(new Error('one')));
    const thrown = queue.run('b', () => {
      throw new Error('two');
    });
    const after = [queue.run('a', () => Promise.resolve(1)), queue.run('b', () => Promise.resolve(2))];
    await expect(rejected).rejects.toThrow('one');
    await expect(thrown).rejects.toThrow('two');
    expect(await Promise.all(after)).toEqual([1, 2]);
    expect(queue.pending).toBe(0);
  });

  it('is busy when it is full, of whatever key, and takes more when something has ended', async () => {
    const queue = new KeyedQueue(2);
    const open = gate();
    const running = [queue.run('a', () => open.opened), queue.run('b', () => open.opened)];
    await expect(queue.run('c', () => Promise.resolve())).rejects.toMatchObject({
      code: 'busy',
      retryable: true,
    });
    open.open();
    await Promise.all(running);
    await expect(queue.run('c', () => Promise.resolve(3))).resolves.toBe(3);
  });

  it('is idle for some keys before it is for all', async () => {
    const queue = new KeyedQueue(10);
    const [a, b] = [gate(), gate()];
    const running = [queue.run('a', () => a.opened), queue.run('b', () => b.opened)];
    const idle: string[] = [];
    const waits = [
      queue.idle((key) => key === 'a').then(() => idle.push('a')),
      queue.idle().then(() => idle.push('all')),
    ];
    a.open();
    await settled();
    expect(idle).toEqual(['a']);
    b.open();
    await Promise.all([...running, ...waits]);
    expect(idle).toEqual(['a', 'all']);
  });

  it('forgets its keys', async () => {
    const queue = new KeyedQueue(10);
    await Promise.all(['a', 'b', 'a'].map((key) => queue.run(key, () => Promise.resolve())));
    expect(Reflect.get(queue, 'tails')).toEqual(new Map());
  });
});
