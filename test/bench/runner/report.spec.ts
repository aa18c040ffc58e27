import { atLeast, type Figure } from './figure';
import { measuredAgain, number, toMarkdown, type Report } from './report';

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

describe('what was measured again', () => {
  const reportAt = (commit: string, node: string, benches: Report['benches']): Report => ({
    ...{ at: '2026-01-02T03:04:05.000Z', command: 'npm run bench', seed: 9, quick: false, seconds: 60 },
    machine: { ...machine, loadBefore: commit.length, versions: { node, commit } },
    benches,
  });
  const bench = (name: string, failed?: string) => ({ name, about: `a ${name}`, figures: [], failed });
  const before = reportAt('c1', '20', [bench('tick'), bench('verify', 'no server'), bench('soak')]);
  const now = { ...reportAt('c20', '20', [bench('verify')]), command: 'npm run bench -- verify --write' };

  it('takes the place of what was there, and says when and by what', () => {
    const report = measuredAgain(before, now);
    expect(report.benches.map(({ name }) => name)).toEqual(['tick', 'verify', 'soak']);
    const page = toMarkdown(report);
    expect(page).toContain(
      'a verify. Measured again on 2026-01-02 by `npm run bench -- verify --write`, commit c20.\n',
    );
    expect(page).not.toContain('no server');
    expect(page).toContain('a tick.\n');
  });

  it('is refused on another machine, in another size or with another version', () => {
    for (const other of [
      { ...now, seed: 1 },
      { ...now, quick: true },
      { ...now, machine: { ...now.machine, cpu: 'c' } },
      reportAt('c1', '22', [bench('verify')]),
    ])
      expect(() => measuredAgain(before, other)).toThrow(/another machine/);
  });
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
