import { simulate } from './run';

async function main(): Promise<void> {
  const value = (name: string, otherwise: number) => {
    const at = process.argv.indexOf(`--${name}`);
    return at === -1 ? otherwise : Number(process.argv[at + 1]);
  };
  const [seed, runs] = [value('seed', 1), value('runs', 1_000)];
  const started = performance.now();
  let [failures, steps, events] = [0, 0, 0];
  for (let n = 0; n < runs; n++) {
    const outcome = await simulate(seed + n);
    steps += outcome.steps;
    events += outcome.events;
    if (outcome.violations.length === 0) continue;
    failures += 1;
    console.log(`seed ${outcome.seed}: ${JSON.stringify(outcome.violations.slice(0, 3))}`);
    if (runs === 1) {
      const again = await simulate(seed + n, { written: true });
      console.log(again.trace.join('\n'), again.hash, outcome.hash);
    }
  }
  const seconds = (performance.now() - started) / 1_000;
  console.log(`${runs} runs, ${failures} failed, ${steps} steps, ${events} events, ${seconds.toFixed(1)} s`);
}

void main();
