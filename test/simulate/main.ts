import { parseArgs } from 'node:util';
import { BUGS } from './bugs';
import type { Bug } from './bugs/bug';
import { report, say } from './report';
import { Runs } from './runs';

const HELP = `npm run simulate -- [--seed N] [--runs K] [--workers W] [--bug name|all] [--trace]
  --seed     the first seed (1); a run is the same for ever for its seed
  --runs     how many seeds (1000); with one run and --trace the whole trace is printed
  --workers  processes that share the work (1)
  --bug      plants a bug and runs until it is found: ${BUGS.map(({ name }) => name).join(', ')}`;

interface Wanted {
  seed: number;
  runs: number;
  workers: number;
  trace: boolean;
  bugs: readonly (Bug | undefined)[];
}

function readArguments(): Wanted | null {
  const whole = { type: 'string' } as const;
  const { values } = parseArgs({
    options: {
      seed: whole,
      runs: whole,
      workers: whole,
      bug: whole,
      trace: { type: 'boolean' },
      help: { type: 'boolean' },
    },
  });
  const [seed, runs, workers] = [values.seed ?? '1', values.runs ?? '1000', values.workers ?? '1'].map(
    Number,
  );
  const isWhole = [seed, runs, workers].every((value) => Number.isInteger(value) && (value ?? 0) > 0);
  const bugs = values.bug === 'all' ? BUGS : BUGS.filter(({ name }) => name === values.bug);
  if (values.help || !isWhole || (values.bug !== undefined && bugs.length === 0)) return null;
  return {
    ...{ seed: seed ?? 1, runs: runs ?? 1, workers: workers ?? 1, trace: values.trace ?? false },
    bugs: values.bug === undefined ? [undefined] : bugs,
  };
}

async function main(): Promise<void> {
  const wanted = readArguments();
  if (!wanted) {
    say(HELP);
    process.exitCode = 2;
    return;
  }
  for (const bug of wanted.bugs) {
    const runs = new Runs({ ...wanted, bug });
    const { done, failure, seconds } = await runs.run();
    if (bug) {
      say(
        `${bug.name}: ${failure ? `found in run ${done}: ${failure.violations[0]?.invariant}` : 'NOT FOUND'}`,
      );
      if (!failure) process.exitCode = 1;
    }
    if (!bug || (wanted.runs === 1 && wanted.trace)) await report({ ...wanted, bug, done, failure, seconds });
    if (!bug && failure) process.exitCode = 1;
  }
}

void main();
