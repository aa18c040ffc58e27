import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { BENCHES } from './benches';
import { Rig } from './rig/rig';
import { readArguments, type BenchArguments } from './runner/arguments';
import type { Bench } from './runner/bench';
import { describeMachine } from './runner/machine';
import { measuredAgain, toMarkdown, type Report } from './runner/report';

const docs = join(__dirname, '..', '..', '..', 'docs');
const page = join(docs, 'benchmarks.md');
const data = join(docs, 'benchmarks.json');
const say = (line: string) => void process.stderr.write(`${line}\n`);

async function main(): Promise<number> {
  const args = readArguments(
    process.argv.slice(2),
    BENCHES.map(({ name }) => name),
  );
  if (args.list) {
    for (const { name, about } of BENCHES) process.stdout.write(`${name.padEnd(14)} ${about}\n`);
    return 0;
  }
  const report = await withRig(args, (rig) => run(args, rig));
  process.stdout.write(`${toMarkdown(report)}\n`);
  const isWhole = args.names.length === 0 && !args.quick;
  if (isWhole || args.write) write(args.names.length === 0 ? report : measuredAgain(written(), report));
  return report.benches.some(({ failed }) => failed !== undefined) ? 1 : 0;
}

/** Everything that was started is stopped at the end, and on Ctrl-C. */
async function withRig<T>({ seed }: BenchArguments, work: (rig: Rig) => Promise<T>): Promise<T> {
  const rig = await Rig.start(seed, say);
  const interrupted = new Promise<never>((_resolve, reject) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const)
      process.once(signal, () => reject(new Error(`stopped by ${signal}`)));
  });
  try {
    return await Promise.race([work(rig), interrupted]);
  } finally {
    await rig.stop();
  }
}

async function run({ names, quick, seed }: BenchArguments, rig: Rig): Promise<Report> {
  const startedAt = performance.now();
  say(`seed ${seed}`);
  const machine = await describeMachine(rig);
  const chosen = BENCHES.filter(({ name }) => names.length === 0 || names.includes(name));
  const benches: Report['benches'] = [];
  for (const bench of chosen) benches.push(await runOne(bench, { rig, quick, seed }));
  return {
    at: new Date().toISOString(),
    command: ['npm run bench', ...(process.argv.length > 2 ? ['--', ...process.argv.slice(2)] : [])].join(
      ' ',
    ),
    seed,
    quick,
    seconds: (performance.now() - startedAt) / 1000,
    machine,
    benches,
  };
}

/** One that fails is reported as such; the others still run. */
async function runOne(
  { name, about, run: measure }: Bench,
  context: { rig: Rig; quick: boolean; seed: number },
): Promise<Report['benches'][number]> {
  const startedAt = performance.now();
  say(`${name}: ${about}`);
  try {
    const figures = await measure({ ...context, say });
    say(`  took ${((performance.now() - startedAt) / 1000).toFixed(1)} s`);
    return { name, about, figures };
  } catch (error) {
    say(`  ${String((error as Error).stack)}`);
    return { name, about, figures: [], failed: (error as Error).message };
  }
}

const written = () => JSON.parse(readFileSync(data, 'utf8')) as Report;

function write(report: Report): void {
  writeFileSync(page, toMarkdown(report));
  writeFileSync(data, `${JSON.stringify(report, null, 2)}\n`);
}

main().then(
  (code) => process.exit(code),
  (error: unknown) => {
    say(error instanceof Error ? error.message : String(error));
    process.exit(1);
  },
);
