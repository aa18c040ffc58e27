import type { Bench, BenchContext } from '../runner/bench';
import { all, atMost, type Figure } from '../runner/figure';
import { interleave } from '../runner/repeat';
import { summarize, type Summary } from '../runner/statistics';
import { RoundTrip } from '../rig/round-trip';
import { SettledTick } from '../rig/settled-tick';

const WARM_UP = 30;
const LIMIT = { p50: 5, p99: 15, growth: 1.2 };

/** The claim that this project exists for: a tick costs the same however long the mind has lived. */
export const tickBench: Bench = {
  name: 'tick',
  about: 'a tick, from request to all caches folded and decisions appended, by length of the log',
  run: async (context) => {
    const sizes = context.quick ? [1_000, 10_000] : [1_000, 10_000, 100_000, 1_000_000];
    const { idle, ticks } = await measure(context, sizes);
    const first = summarize(ticks.get(sizes[0] ?? 0) ?? []);
    return sizes.map((size) => figureOf(size, summarize(ticks.get(size) ?? []), { first, idle }));
  },
};

async function measure({ rig, quick }: BenchContext, sizes: readonly number[]) {
  const minds: string[] = [];
  for (const size of sizes) minds.push(await rig.mind(size));
  const client = await rig.services();
  await client.warm(minds);
  const roundTrip = await RoundTrip.start(rig.servers.natsUrl);
  const watches = await Promise.all(minds.map((mind) => SettledTick.of(client, mind)));
  const measurements: Record<string, () => Promise<number>> = Object.fromEntries(
    watches.map((watch, n) => [String(n), () => watch.tick()]),
  );
  await interleave(WARM_UP, measurements);
  const rounds = quick ? 100 : 1_000;
  const values: Record<string, number[]> = await interleave(rounds, {
    ...measurements,
    idle: () => roundTrip.measure(),
  });
  for (const watch of watches) watch.close();
  await roundTrip.stop();
  return {
    idle: summarize(values['idle'] ?? []),
    ticks: new Map(sizes.map((size, n) => [size, values[String(n)] ?? []])),
  };
}

function figureOf(size: number, tick: Summary, { first, idle }: { first: Summary; idle: Summary }): Figure {
  const growth = tick.median / first.median;
  return {
    name: `tick at ${size} events`,
    value: { ...tick, unit: 'ms' },
    yardstick: { ...first, name: 'itself at 1000 events', unit: 'ms' },
    ratio: growth,
    target: all(
      atMost(growth, LIMIT.growth),
      atMost(tick.median, LIMIT.p50, 'p50 ms '),
      atMost(tick.p99, LIMIT.p99, 'p99 ms '),
    ),
    note: `${(tick.median / idle.median).toFixed(1)} idle NATS round trips of ${idle.median.toFixed(3)} ms; includes the reply of every cache with its digest`,
  };
}
