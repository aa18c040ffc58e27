import type { Bug } from './bugs/bug';
import { simulate, type Outcome } from './run';

const LINES = 400;

export const say = (line: string): void => void process.stdout.write(`${line}\n`);

/** What people need to know of some runs; a failing seed is run again for its trace. */
export async function report(result: {
  bug?: Bug;
  seed: number;
  done: number;
  failure?: Pick<Outcome, 'seed' | 'violations'>;
  seconds: number;
  trace: boolean;
}): Promise<void> {
  const { bug, done, failure, seconds, trace, seed } = result;
  const shown = failure?.seed ?? (trace ? seed : undefined);
  if (shown !== undefined) {
    const { trace: lines, hash } = await simulate(shown, { written: true, bug });
    const from = trace ? 0 : Math.max(0, lines.length - LINES);
    if (from > 0) say(`… ${from} lines before; --seed ${shown} --runs 1 --trace prints all`);
    lines.slice(from).forEach((line) => say(line));
    say(`trace ${hash}`);
  }
  if (failure) {
    say(`\nseed ${failure.seed} violates:`);
    for (const { invariant, details } of failure.violations.slice(0, 5)) say(`  ${invariant}: ${details}`);
    const planted = bug ? ` --bug ${bug.name}` : '';
    say(`  again: npm run simulate -- --seed ${failure.seed} --runs 1${planted}`);
  }
  const perMinute = Math.round((60 * done) / Math.max(seconds, 0.001));
  say(
    `${done} runs, ${failure ? 'a violation' : 'no violation'}, ${seconds.toFixed(1)} s, ${perMinute} runs a minute`,
  );
}
