import { SERVICES } from '#libs/contracts';
import { BenchClient } from '../rig/bench-client';
import type { ServiceCounters } from '../rig/service-counters';
import type { Bench, BenchContext } from '../runner/bench';
import { atMost, type Figure } from '../runner/figure';

const MINDS = 100;
const IN_FLIGHT = 8;
const QUARTERS = 4;
const HEAP_GROWTH = 1.05;
/** Event-log's newest events in memory reach this bound within the first quarter, so that what grows after it is a leak. */
const TAIL_MIB = '2';

interface Quarter {
  heap: Record<string, number>;
  counters: ServiceCounters;
}

/** Many ticks, counted from outside and by the services: no read that steady state forbids, and no growing heap. */
export const soakBench: Bench = {
  name: 'soak',
  about: '10,000 ticks over 100 minds: reads, broadcasts, heap',
  run: async (context) => {
    const ticks = context.quick ? 1_000 : 10_000;
    const minds = await context.rig.minds(MINDS, 'soak', 1_000);
    const client = await context.rig.services({ env: { PMM_TAIL_MIB: TAIL_MIB } });
    await client.warm(minds);
    const before = await tickAll(client, minds, 3 * MINDS, await client.counters());
    const heard = hearBatches(client);
    const quarters: Quarter[] = [];
    let counters = before;
    for (let n = 0; n < QUARTERS; n++) {
      counters = await tickAll(client, minds, ticks / QUARTERS, counters);
      quarters.push({ heap: await heaps(context), counters });
    }
    heard.stop();
    return [...countFigures({ before, after: counters, ticks, heard }), ...heapFigures(quarters)];
  },
};

async function tickAll(
  client: BenchClient,
  minds: readonly string[],
  count: number,
  before: ServiceCounters,
): Promise<ServiceCounters> {
  let next = 0;
  const lane = async () => {
    for (let n = next++; n < count; n = next++) await client.tick(minds[n % minds.length] ?? '');
  };
  await Promise.all(Array.from({ length: IN_FLIGHT }, lane));
  return client.allFolded(before);
}

interface Heard {
  batches: number;
  /** Events that came in a batch, and how many of them had come before. */
  events: number;
  twice: number;
  stop: () => void;
}

/** Every batch as a plain NATS client sees it. */
function hearBatches({ nc }: BenchClient): Heard {
  const to = new Map<string, number>();
  const heard: Heard = { batches: 0, events: 0, twice: 0, stop: () => subscription.unsubscribe() };
  const subscription = nc.subscribe('pmm.v1.batch.*.*', {
    callback: (_error, message) => {
      const batch = message.json<{ mind: string; from: number; to: number }>();
      const known = to.get(batch.mind) ?? batch.from - 1;
      heard.batches++;
      heard.events += batch.to - batch.from + 1;
      heard.twice += Math.max(0, Math.min(known, batch.to) - batch.from + 1);
      to.set(batch.mind, Math.max(known, batch.to));
    },
  });
  return heard;
}

async function heaps({ rig }: BenchContext): Promise<Record<string, number>> {
  return Object.fromEntries(
    Object.entries(await rig.probe()).map(([name, { heapUsed }]) => [name, heapUsed]),
  );
}

interface Counted {
  before: ServiceCounters;
  after: ServiceCounters;
  ticks: number;
  heard: Heard;
}

function countFigures({ before, after, ticks, heard }: Counted): Figure[] {
  const grown = (name: string, wanted?: (key: string) => boolean) => after.sinceAll(before, name, wanted);
  const appended = grown('pmm_appended_events_total');
  const count = (name: string, value: number, wanted: number, note?: string): Figure => ({
    name,
    value: { median: value, unit: '' },
    target: { text: `exactly ${wanted}`, met: value === wanted },
    note,
  });
  const fromPostgres = grown('pmm_log_reads_total', (key) => key.includes('source="postgres"'));
  const byOthers = grown('pmm_log_reads_asked_total', (key) => !key.includes('purpose="broadcast"'));
  return [
    count(`soak of ${ticks} ticks: ticks appended`, grown('pmm_ticks_total'), ticks),
    count('soak: reads from PostgreSQL', fromPostgres, 0),
    count('soak: reads of the log by others than the coordinator', byOthers, 0),
    count(
      'soak: broadcasts per event appended',
      (heard.events - heard.twice) / appended,
      1,
      `${appended} events`,
    ),
    count('soak: events broadcast twice', heard.twice, 0, `${heard.batches} batches heard by a plain client`),
    count('soak: batches published beyond those heard', grown('pmm_broadcasts_total') - heard.batches, 0),
  ];
}

function heapFigures(quarters: readonly Quarter[]): Figure[] {
  return SERVICES.map((service) => {
    const [second = NaN, last = NaN] = [quarters[1]?.heap[service], quarters.at(-1)?.heap[service]];
    return {
      name: `soak: heap of ${service} after a forced collection, last quarter`,
      value: { median: last / 2 ** 20, unit: 'MiB' },
      yardstick: { name: 'second quarter', median: second / 2 ** 20, unit: 'MiB' },
      ratio: last / second,
      target: atMost(last / second, HEAP_GROWTH),
    };
  });
}
