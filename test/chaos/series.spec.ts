import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readOptions, UsageError, type Options } from './options';
import { countFaults, type RunResult } from './run';
import { lineOf, Series, tableOf } from './series';

const RESULT: RunResult = {
  seed: 1,
  seconds: 20,
  faults: { 'kill-service': 1 },
  inVain: { 'fork-attempt': 2 },
  acts: 10,
  failed: 0,
  refused: 0,
  busy: 0,
  events: 20,
  recoveryMs: 100,
  violations: [],
};

describe('injections in vain', () => {
  it('stand apart from those that did something', () =>
    expect(
      countFaults([
        { kind: 'kill-service', about: 'gateway', isReal: true },
        { kind: 'kill-service', about: 'gateway', isReal: true },
        { kind: 'kill-service', about: 'gateway', isReal: false },
      ]),
    ).toEqual({ faults: { 'kill-service': 2 }, inVain: { 'kill-service': 1 } }));
  it('do not count as runs with that fault', () => {
    const lines = tableOf([RESULT, { ...RESULT, seed: 2, inVain: {} }]);
    const cells = (kind: string) =>
      lines
        .find((line) => line.startsWith(kind))
        ?.split(/\s+/)
        .slice(1);
    expect(cells('kill-service')).toEqual(['2', '0']);
    expect(cells('fork-attempt')).toEqual(['0', '2']);
  });
  it('are named in the line of a run', () =>
    expect(lineOf(RESULT)).toMatch(/; kill-service×1; in vain: fork-attempt×2$/));
});

describe('a series', () => {
  let folder: string;
  beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'pmm-series-'))));
  afterEach(() => rmSync(folder, { recursive: true }));

  const openSeries = (flags: string, commit: string | null = 'abc') => {
    const args = `--folder ${folder} ${flags}`.trim().split(' ');
    return Series.open(readOptions(args) as Options, commit);
  };
  const refusal = (open: () => unknown): string => {
    try {
      open();
      return 'none';
    } catch (error) {
      if (error instanceof UsageError) return error.message;
      throw error;
    }
  };
  const begun = (flags: string) => openSeries(flags).add(RESULT);

  it('stores how it was made, beside its results', () => {
    begun('--seed 1 --seconds 8 --runs 3 --break watermark --faults nats-cut,nats-wipe');
    const { settings, results } = JSON.parse(readFileSync(join(folder, 'results.json'), 'utf8')) as Record<
      string,
      unknown
    >;
    const kinds = ['nats-cut', 'nats-wipe'];
    const rest = { seed: 1, seconds: 8, minds: 10, runs: 3 };
    expect(settings).toEqual({ ...rest, commit: 'abc', breakName: 'watermark', kinds });
    expect(results).toEqual([RESULT]);
  });
  it('goes on with the seed and settings that it began with', () => {
    const first = openSeries('--seconds 8 --runs 3');
    first.add({ ...RESULT, seed: first.settings.seed });
    const { settings, results } = openSeries('--resume');
    expect(settings).toEqual(first.settings);
    expect(results).toHaveLength(1);
    expect(openSeries(`--resume --runs 9 --seconds 8`).settings.runs).toBe(9);
  });
  it.each([
    ['--resume --seed 2', '--seed 2 does not fit the results (1)'],
    ['--resume --seconds 9', '--seconds 9 does not fit the results (8)'],
    ['--resume --minds 9', '--minds 9 does not fit the results (10)'],
    ['--resume --break watermark', '--break watermark does not fit the results (without --break)'],
    ['--resume --faults nats-cut', '--faults nats-cut does not fit the results (without --faults)'],
    ['', 'there are results in'],
    ['--seed 1 --seconds 8', 'there are results in'],
  ])('does not mix with unlike runs: %s', (flags, message) => {
    begun('--seed 1 --seconds 8');
    expect(refusal(() => openSeries(flags))).toContain(message);
  });
  it('does not mix commits', () => {
    begun('--seed 1');
    expect(refusal(() => openSeries('--resume', 'abc with changes'))).toContain(
      'are of commit abc, and this',
    );
    expect(refusal(() => openSeries('--resume', null))).toContain('this is unknown');
  });
  it('leaves results alone that do not say how they were made', () => {
    writeFileSync(join(folder, 'results.json'), '[]');
    expect(refusal(() => openSeries('--resume'))).toContain('does not say with which settings');
  });
});
