import type { Figure, Reading } from './figure';
import type { Machine } from './machine';

export interface Report {
  at: string;
  command: string;
  seed: number;
  quick: boolean;
  seconds: number;
  machine: Machine;
  benches: Measured[];
}

/** What one benchmark came to. */
export interface Measured {
  name: string;
  about: string;
  figures: Figure[];
  failed?: string;
  /** When it was measured after the rest of the report, and by what. */
  again?: { at: string; command: string; commit: string };
}

/** A report in which some benchmarks were measured again. @throws Error when that was not on the same machine in the same way */
export function measuredAgain(before: Report, now: Report): Report {
  if (conditions(before) !== conditions(now))
    throw new Error(
      'The report there is of another machine, seed, size or version: run all benchmarks anew.',
    );
  const { at, command, machine } = now;
  const again = { at, command, commit: machine.versions.commit ?? 'unknown' };
  const newer = new Map(now.benches.map((bench) => [bench.name, { ...bench, again }]));
  return { ...before, benches: before.benches.map((bench) => newer.get(bench.name) ?? bench) };
}

const conditions = ({ seed, quick, machine }: Report): string =>
  JSON.stringify({ seed, quick, ...machine, loadBefore: 0, versions: { ...machine.versions, commit: '' } });

/** The page of a run. */
export function toMarkdown(report: Report): string {
  const { at, command, seed, quick, seconds, machine } = report;
  const pairs = (values: Record<string, string>) =>
    Object.entries(values)
      .map(([name, value]) => `${name} ${value}`)
      .join(', ');
  return [
    '# Benchmarks',
    '',
    `Made by \`${command}\` on ${at.slice(0, 10)}${quick ? ' with small sizes and few repeats' : ''}; it took ${seconds.toFixed(0)} s. Seed ${seed}.`,
    'Yardsticks were measured in the same run, in turn with what they are compared with. Absolute times mean little on',
    'a shared machine, ratios more. Spread is half the distance between the quartiles, as a share of the median.',
    '',
    `- Machine: ${machine.cores} cores (${machine.cpu}), ${machine.memoryGib} GiB, ${machine.system}; load before the run ${machine.loadBefore.toFixed(2)}`,
    `- Versions: ${pairs(machine.versions)}`,
    `- PostgreSQL: ${pairs(machine.postgres)}; ${machine.shards} shards`,
    ...report.benches.flatMap(section),
    '',
  ].join('\n');
}

function section({ name, about, figures, failed, again }: Measured): string[] {
  const when = again
    ? ` Measured again on ${again.at.slice(0, 10)} by \`${again.command}\`, commit ${again.commit}.`
    : '';
  const head = ['', `## ${name}`, '', `${about}.${when}`, ''];
  if (failed !== undefined) return [...head, `Not measured: ${failed}`];
  const rows = figures.map(row);
  const table = [
    '| figure | value | yardstick | ratio | target | met |',
    '|---|---|---|---|---|---|',
    ...rows,
  ];
  const notes = figures.flatMap(({ name: figure, note }) => (note ? [`- ${figure}: ${note}`] : []));
  return [...head, ...table, ...(notes.length > 0 ? ['', ...notes] : [])];
}

function row({ name, value, yardstick, ratio, target }: Figure): string {
  const cells = [
    name,
    reading(value),
    yardstick ? `${yardstick.name}: ${reading(yardstick)}` : '',
    ratio === undefined ? '' : number(ratio),
    target?.text ?? '',
    target ? (target.met ? 'yes' : '**no**') : '',
  ];
  return `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
}

function reading({ median, p99, spread, unit }: Reading): string {
  if (median === undefined || Number.isNaN(median)) return 'not measured';
  const parts = [`${number(median)} ${unit}`.trim()];
  if (p99 !== undefined) parts.push(`p99 ${number(p99)}`);
  if (spread !== undefined) parts.push(`±${(100 * spread).toFixed(0)} %`);
  return parts.join(', ');
}

/** Three digits that count. */
export const number = (value: number): string =>
  Number.isInteger(value) || Math.abs(value) >= 100
    ? String(Math.round(value))
    : String(Number(value.toPrecision(3)));
