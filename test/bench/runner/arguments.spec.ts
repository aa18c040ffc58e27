import { readArguments } from './arguments';

const read = (...args: string[]) => readArguments(args, ['tick', 'soak']);

it('runs all of them in full, with a seed of its own, when nothing is said', () => {
  expect(read()).toMatchObject({ names: [], quick: false, list: false, write: false });
  expect(read().seed).toBe(read().seed);
});

it('takes names and options in any order', () => {
  expect(read('soak', '--quick', 'tick', '--seed', '7', '--write')).toEqual({
    ...{ names: ['soak', 'tick'], quick: true, list: false, write: true, seed: 7 },
  });
});

it('refuses what it does not know, and a seed that is none', () => {
  expect(() => read('turn')).toThrow('There is no benchmark "turn": they are tick, soak.');
  for (const seed of ['-1', '1.5', 'x']) expect(() => read('--seed', seed)).toThrow('--seed wants');
  expect(() => read('--seed')).toThrow('--seed wants');
});
