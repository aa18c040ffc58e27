import { Mailbox } from './mailbox';

it('gives out in order, and waits only when there is nothing', async () => {
  const box = new Mailbox<string>(10, 100);
  box.put('a', 1);
  box.put('b', 1);
  await box.wait(60_000);
  expect(box.peek()).toBe('a');
  box.take();
  expect(box.peek()).toBe('b');
  box.take();
  expect(box.peek()).toBeUndefined();
  const waiting = box.wait(60_000);
  box.put('c', 1);
  await waiting;
  expect(box.peek()).toBe('c');
});

it.each([
  ['items', 2, 100, [1, 1, 1]],
  ['bytes', 100, 10, [6, 6]],
])('ends with `busy` beyond its bound on %s', (_, mostItems, mostBytes, sizes) => {
  const box = new Mailbox<number>(mostItems as number, mostBytes as number);
  for (const size of sizes as number[]) box.put(size, size);
  expect(() => box.peek()).toThrow('too slow');
});

it('counts only what still waits', () => {
  const box = new Mailbox<number>(2, 10);
  for (let n = 0; n < 50; n++) {
    box.put(n, 9);
    expect(box.peek()).toBe(n);
    box.take();
  }
});

it('lets a waiting reader go when it is closed', async () => {
  const box = new Mailbox<string>(1, 1);
  const waiting = box.wait(60_000);
  box.close();
  await waiting;
  expect(box.closed).toBe(true);
});
