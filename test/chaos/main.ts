import { rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { BREAKS, breakDatabase, brokenProgram } from './breaks';
import { HELP, readOptions, UsageError, type Options, type Settings } from './options';
import { runOnce, type RunResult } from './run';
import { lineOf, Series, tableOf } from './series';
import { checkout } from './stage/checkout';
import { commitOf } from './stage/commit';
import { openStage, type Stage } from './stage/stage';
import { temporaryDataDir } from '#test/support/servers';

const say = (line: string) => process.stdout.write(`${line}\n`);
const MOST_SHOWN = 10;

/** Stops the system that runs, which must not stay behind. */
let stopRunning: (() => Promise<unknown>) | undefined;
let isEnding = false;

/** Runs what is asked for and answers the exit code. */
async function main(args: string[]): Promise<number> {
  let options: ReturnType<typeof readOptions>;
  try {
    options = readOptions(args);
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n${HELP}`);
    return 2;
  }
  if (options === 'help') {
    say(HELP);
    return 0;
  }
  return runSeries({ ...options, folder: resolve(options.folder) });
}

async function runSeries(options: Options): Promise<number> {
  const series = openSeries(options);
  if (!series) return 2;
  const { seed: first, runs } = series.settings;
  const wanted = Array.from({ length: runs }, (_, n) => first + n);
  const seeds = wanted.filter((seed) => !series.has(seed));
  say(`seeds ${first} to ${first + runs - 1}, ${seeds.length} to run; results in ${options.folder}`);
  const left = seeds.values();
  for (let next = left.next(); !next.done;) next = await runOnStage(options.folder, series, next.value, left);
  tableOf(series.results).forEach(say);
  const isGood = series.results.every(({ violations }) => violations.length === 0);
  return isGood ? 0 : 1;
}

function openSeries(options: Options): Series | undefined {
  try {
    return Series.open(options, commitOf(checkout));
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    process.stderr.write(`${error.message}\n`);
    return undefined;
  }
}

/** Runs seed after seed on one system, until one has violations: what it left must not blame the next. */
async function runOnStage(
  folder: string,
  series: Series,
  first: number,
  left: IterableIterator<number>,
): Promise<IteratorResult<number>> {
  const dataDir = temporaryDataDir();
  const opened = open(series.settings, dataDir);
  let stopped: Promise<number | null> | undefined;
  const removeData = () => rmSync(dataDir, { recursive: true, force: true });
  const stop = () => (stopped ??= opened.then((stage) => stage.stop()).finally(removeData));
  stopRunning = stop;
  try {
    const stage = await opened;
    for (let next: IteratorResult<number> = { value: first, done: false }; ; next = left.next()) {
      if (next.done) return next;
      const result = await runOnce(stage, { ...series.settings, seed: next.value, folder });
      if (isEnding) return { value: undefined, done: true };
      series.add(result);
      report(result);
      if (result.violations.length > 0) return left.next();
    }
  } catch (error) {
    if (!isEnding) throw error;
    return { value: undefined, done: true };
  } finally {
    const code = await stop();
    if (code !== 0) say(`the system ended with exit code ${code}`);
  }
}

async function open({ breakName, kinds }: Settings, dataDir: string): Promise<Stage> {
  const chosen = breakName === undefined ? undefined : BREAKS[breakName];
  const program = chosen && brokenProgram(chosen, join(dataDir, 'broken'));
  const stage = await openStage({ dataDir, program });
  if (chosen) await breakDatabase(chosen, stage.servers.postgresUrl);
  if (chosen)
    say(
      `BROKEN ON PURPOSE: ${chosen.about}${kinds ? '' : `; most telling: --faults ${chosen.kinds.join()}`}`,
    );
  return stage;
}

function report(result: RunResult): void {
  say(lineOf(result));
  for (const { promise, mind, detail } of result.violations.slice(0, MOST_SHOWN))
    say(`  ${promise}: ${mind} ${detail.slice(0, 200)}`);
}

/** What was run is in the folder. A second signal ends this process at once. */
function endEarly(): void {
  isEnding = true;
  const stopped = stopRunning?.() ?? Promise.resolve();
  stopped
    .catch((error: unknown) => say(`the system could not be stopped: ${String(error)}`))
    .finally(() => process.exit(130));
}

for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, endEarly);
void main(process.argv.slice(2)).then((code) => {
  process.exitCode = code;
});
