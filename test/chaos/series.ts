import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { FAULT_KINDS, type FaultKind } from './faults/fault-kinds';
import { UsageError, type Options, type Settings } from './options';
import type { RunResult } from './run';

/** `commit` is that of the code; null: nobody knows. */
export type SeriesSettings = Settings & { commit: string | null; runs: number };

interface Stored {
  settings: SeriesSettings;
  results: RunResult[];
}

/** The flag of each setting. `--runs` may grow from one time to the next. */
const FLAGS = {
  seed: 'seed',
  seconds: 'seconds',
  minds: 'minds',
  kinds: 'faults',
  breakName: 'break',
} as const;
const NAMES = Object.keys(FLAGS) as (keyof typeof FLAGS)[];

/** The results of a long series, in a file, so that it can be stopped and gone on with; all of them are of one kind. */
export class Series {
  private constructor(
    private readonly file: string,
    private readonly stored: Stored,
  ) {}

  /** @throws UsageError when what is there and what is wanted do not fit together. */
  static open({ folder, resume, given }: Options, commit: string | null): Series {
    mkdirSync(folder, { recursive: true });
    const file = join(folder, 'results.json');
    const stored = readStored(file);
    if (!stored) return new Series(file, { settings: newSettings(given, commit), results: [] });
    if (!resume)
      throw new UsageError(`there are results in ${folder}: go on with --resume, or choose another --folder`);
    refuseOther(stored.settings, given, commit);
    const runs = given.runs ?? stored.settings.runs;
    return new Series(file, { ...stored, settings: { ...stored.settings, runs } });
  }

  get settings(): SeriesSettings {
    return this.stored.settings;
  }

  get results(): readonly RunResult[] {
    return this.stored.results;
  }

  has(seed: number): boolean {
    return this.results.some((result) => result.seed === seed);
  }

  /** The file is whole at any moment, whenever this process is ended. */
  add(result: RunResult): void {
    this.stored.results.push(result);
    writeFileSync(`${this.file}.new`, JSON.stringify(this.stored, null, 1));
    renameSync(`${this.file}.new`, this.file);
  }
}

function newSettings(given: Options['given'], commit: string | null): SeriesSettings {
  const { seed = Math.floor(Math.random() * 1_000_000), runs = 1, seconds = 20, minds = 10 } = given;
  return { ...given, commit, seed, runs, seconds, minds };
}

function readStored(file: string): Stored | undefined {
  if (!existsSync(file)) return undefined;
  const stored = JSON.parse(readFileSync(file, 'utf8')) as Partial<Stored>;
  if (!stored.settings || !stored.results)
    throw new UsageError(`${file} does not say with which settings it was made: choose another --folder`);
  return { settings: stored.settings, results: stored.results };
}

function refuseOther(settings: SeriesSettings, given: Options['given'], commit: string | null): void {
  for (const name of NAMES) {
    if (given[name] === undefined || String(given[name]) === String(settings[name])) continue;
    const was = settings[name] === undefined ? `without --${FLAGS[name]}` : String(settings[name]);
    throw new UsageError(
      `--${FLAGS[name]} ${String(given[name])} does not fit the results (${was}): leave it out, or choose another --folder`,
    );
  }
  if (settings.commit !== commit)
    throw new UsageError(
      `the results are of commit ${settings.commit ?? 'unknown'}, and this is ${commit ?? 'unknown'}: choose another --folder`,
    );
}

export function lineOf(result: RunResult): string {
  const { seed, acts, failed, refused, busy, events, recoveryMs, violations, evidence } = result;
  const listed = (counts: RunResult['faults']) =>
    Object.entries(counts)
      .map(([kind, times]) => ` ${kind}×${times}`)
      .join('');
  const inVain = listed(result.inVain);
  const numbers = `${acts} acts, ${failed} failed, ${refused} refused, ${busy} busy answers, ${events} events, calm after ${(recoveryMs / 1000).toFixed(1)} s`;
  const verdict =
    violations.length === 0 ? 'no violation' : `${violations.length} VIOLATIONS, see ${evidence}`;
  return `seed ${seed}: ${verdict}; ${numbers};${listed(result.faults)}${inVain && `; in vain:${inVain}`}`;
}

/** In how many runs each kind of fault did something, and how often it was injected in vain. */
export function tableOf(results: readonly RunResult[]): string[] {
  const runsWith = (kind: FaultKind) => results.filter(({ faults }) => (faults[kind] ?? 0) > 0).length;
  const vainly = (kind: FaultKind) => results.reduce((sum, { inVain }) => sum + (inVain[kind] ?? 0), 0);
  const width = Math.max(...FAULT_KINDS.map((kind) => kind.length));
  const line = (first: string, ...cells: unknown[]) =>
    [first.padEnd(width), ...cells.map((cell) => String(cell).padStart(7))].join('  ');
  const bad = results.filter(({ violations }) => violations.length > 0).length;
  return [
    line('fault', 'runs', 'in vain'),
    ...FAULT_KINDS.map((kind) => line(kind, runsWith(kind), vainly(kind))),
    `${results.length} runs, ${bad} with violations`,
  ];
}
