import { perSecond } from '../runner/repeat';
import type { Bench } from '../runner/bench';
import { atLeast, atMost, type Figure } from '../runner/figure';
import { histogramPercentile, summarize } from '../runner/statistics';
import { STATEFUL, type BenchClient } from '../rig/bench-client';

const IN_FLIGHT = 128;
const LIMIT = { ticksPerSecond: 2_000, lagMs: 100 };

/** Ticks of many minds as fast as the system takes them, until the last one is folded everywhere. */
export const throughputBench: Bench = {
  name: 'throughput',
  about: 'ticks per second over 1,000 minds with all services, and how long a batch waits for its fold',
  run: async (context) => {
    const minds = await context.rig.minds(context.quick ? 200 : 1_000, 'busy', 100);
    const client = await context.rig.services();
    await client.warm(minds);
    await tickAll(client, minds, minds.length * 2);
    const rates: number[] = [];
    const before = await client.counters();
    for (let round = 0; round < (context.quick ? 2 : 5); round++)
      rates.push(await tickAll(client, minds, context.quick ? 2_000 : 20_000));
    const after = await client.counters();
    const lagMs = Math.max(
      ...STATEFUL.map(
        (name) => 1000 * histogramPercentile(after.buckets(before, name, 'pmm_batch_lag_seconds'), 99),
      ),
    );
    return figures(rates, lagMs, minds.length);
  },
};

async function tickAll(client: BenchClient, minds: readonly string[], total: number): Promise<number> {
  const before = await client.counters();
  const startedAt = performance.now();
  await perSecond({ total, inFlight: IN_FLIGHT }, (n) => client.tick(minds[n % minds.length] ?? ''));
  await client.allFolded(before);
  return (1000 * total) / (performance.now() - startedAt);
}

function figures(rates: number[], lagMs: number, minds: number): Figure[] {
  const summary = summarize(rates);
  return [
    {
      name: `ticks per second over ${minds} minds, all services`,
      value: { ...summary, p99: undefined, unit: '/s' },
      target: atLeast(summary.median, LIMIT.ticksPerSecond),
      note: `${IN_FLIGHT} requests in flight; the time ends when every cache has folded everything`,
    },
    {
      name: 'p99 from the time of a batch’s last event to its fold, at that load',
      value: { median: lagMs, unit: 'ms' },
      target: atMost(lagMs, LIMIT.lagMs),
      note: 'of the slowest service, from the services’ own histogram; includes the commit and the broadcast',
    },
  ];
}
