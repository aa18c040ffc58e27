import { atLeast, type Figure } from './figure';
import { number, toMarkdown, type Report } from './report';

const machine: Report['machine'] = {
  ...{ cpu: 'a | b', cores: 2, memoryGib: 4, system: 'Linux', loadBefore: 0.5, shards: 64 },
  ...{ versions: { node: '20' }, postgres: { fsync: 'on' } },
};
const reportOf = (figures: Figure[], failed?: string): string =>
  toMarkdown({
    ...{
      at: '2026-01-02T03:04:05.000Z',
      command: 'npm run bench',
      seed: 9,
      quick: false,
      seconds: 60,
      machine,
    },
    benches: [{ name: 'tick', about: 'a tick', figures, failed }],
  });

it('shows a figure beside its yardstick, with the ratio and whether the target is met', () => {
  const figure: Figure = {
    name: 'appends',
    value: { median: 1234.5, p99: 2, spread: 0.031, unit: '/s' },
    yardstick: { name: 'raw', median: 2000, unit: '/s' },
    ratio: 0.617,
    target: atLeast(0.617, 0.7),
    note: 'as it is',
  };
  const page = reportOf([figure]);
  expect(page).toContain('| appends | 1235 /s, p99 2, ±3 % | raw: 2000 /s | 0.617 | ≥ 0.7 | **no** |');
  expect(page).toContain('- appends: as it is');
  expect(page).toContain('Seed 9.');
});

it('invents nothing: what was not measured is called so', () => {
  expect(reportOf([{ name: 'x', value: { unit: 'ms' } }])).toContain('| x | not measured |  |  |  |  |');
  expect(reportOf([], 'no server')).toContain('Not measured: no server');
});

it('shows three digits that count, and whole numbers whole', () => {
  expect([0.012345, 1.2345, 123.45, 12_345.6, 7].map(number)).toEqual([
    '0.0123',
    '1.23',
    '123',
    '12346',
    '7',
  ]);
});
