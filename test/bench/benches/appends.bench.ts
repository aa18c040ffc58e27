import { AppendLoad } from '../rig/append-load';
import { EmmettStore } from '../rig/emmett-store';
import { Notes } from '../rig/notes';
import { ProcessorTime } from '../rig/processor-time';
import { RawTable } from '../rig/raw-table';
import { SHARDS } from '../rig/rig';
import { RoundTrip } from '../rig/round-trip';
import type { Bench, BenchContext } from '../runner/bench';
import { atLeast, type Figure } from '../runner/figure';
import { interleave, perSecond } from '../runner/repeat';
import { median, pairedRatio, summarize } from '../runner/statistics';

const MINDS = 64;
const BATCH = 100;
const RAW_SIZES = [100, 400, 1_000] as const;
const RAW_IN_FLIGHT = 4;
const SINGLE = { inFlight: 256, eventsEach: 1 };
const AS_EMMETT = { inFlight: 64, eventsEach: 1 };
const BATCHES = { inFlight: 8, eventsEach: BATCH };

/** How many events a second event-log takes, beside raw NATS, raw PostgreSQL and Emmett. */
export const appendsBench: Bench = {
  name: 'appends',
  about:
    'appends per second with event-log, NATS and PostgreSQL running, one event each and in batches of 100',
  run: async (context) => figures(await measure(context)),
};

/** The same with every service folding what is appended. */
export const appendsAllBench: Bench = {
  name: 'appends-all',
  about: 'appends per second with all services running',
  run: async (context) => {
    const minds = await context.rig.minds(MINDS, 'writer', 100);
    const client = await context.rig.services();
    await client.warm(minds);
    const load = new AppendLoad(client, minds, new Notes(context.seed + 1));
    const roundTrip = await RoundTrip.start(context.rig.servers.natsUrl);
    const total = context.quick ? 2_000 : 20_000;
    const values = await interleave(context.quick ? 2 : 7, {
      ours: () => load.perSecond({ ...SINGLE, total }),
      nats: () => perSecond({ ...SINGLE, total }, () => roundTrip.request()),
    });
    await roundTrip.stop();
    const name = `appends/s, 256 in flight over ${MINDS} minds, one event each, all services`;
    return [figure(name, values.ours, { name: 'empty NATS request-reply', values: values.nats }, 0.2)];
  },
};

async function measure({ rig, quick, seed }: BenchContext) {
  const minds = await rig.minds(MINDS, 'writer', 100);
  const client = await rig.services({ names: ['event-log'] });
  const notes = new Notes(seed);
  const load = new AppendLoad(client, minds, notes);
  const roundTrip = await RoundTrip.start(rig.servers.natsUrl);
  const raw = await RawTable.create(await rig.database('raw'), SHARDS);
  const emmett = new EmmettStore(await rig.database('emmett'));
  const total = quick ? 2_000 : 20_000;
  const batches = total / 50;
  const rawRate = (size: number) => rawPerSecond(raw, { size, events: batches * BATCH, notes });
  const ofAppend = new ProcessorTime({ client: process.pid, ...rig.pids() });
  const ofEmpty = new ProcessorTime({
    client: process.pid,
    nats: rig.pids().nats ?? 0,
    answering: roundTrip.pid,
  });
  const measurements = {
    single: () => ofAppend.during(total, load.prepare({ ...SINGLE, total })),
    nats: () => ofEmpty.during(total, () => perSecond({ ...SINGLE, total }, () => roundTrip.request())),
    single64: () => load.perSecond({ ...AS_EMMETT, total: total / 4 }),
    emmett64: () => emmettPerSecond(emmett, { ...AS_EMMETT, total: total / 4, notes }),
    batch: () => load.perSecond({ ...BATCHES, total: batches }),
    raw100: () => rawRate(RAW_SIZES[0]),
    raw400: () => rawRate(RAW_SIZES[1]),
    raw1000: () => rawRate(RAW_SIZES[2]),
    emmettBatch: () => emmettPerSecond(emmett, { ...BATCHES, total: batches, notes }),
  };
  try {
    await interleave(1, measurements);
    const values = await interleave(quick ? 2 : 7, measurements);
    return {
      ...values,
      processors: `processor time of one: ${ofAppend}; of an empty request-reply: ${ofEmpty}`,
    };
  } finally {
    await Promise.all([roundTrip.stop(), raw.close(), emmett.close()]);
  }
}

async function rawPerSecond(
  raw: RawTable,
  { size, events, notes }: { size: number; events: number; notes: Notes },
): Promise<number> {
  const total = Math.ceil(events / size);
  // A mind for each connection: rows of one mind must go in one after the other.
  const groups = Array.from({ length: total }, (_, n) => raw.rows(`raw-${n % RAW_IN_FLIGHT}`, size, notes));
  const lanes = Array.from({ length: RAW_IN_FLIGHT }, (_, lane) => lane);
  const startedAt = performance.now();
  await Promise.all(
    lanes.map(async (lane) => {
      for (let n = lane; n < total; n += RAW_IN_FLIGHT) await raw.insert(groups[n] ?? []);
    }),
  );
  return (1000 * total * size) / (performance.now() - startedAt);
}

async function emmettPerSecond(
  emmett: EmmettStore,
  load: { total: number; inFlight: number; eventsEach: number; notes: Notes },
): Promise<number> {
  const { total, eventsEach, inFlight } = load;
  const groups = Array.from({ length: total }, () => load.notes.take(eventsEach));
  // As many streams as are in flight: two appends to one stream at a time would conflict.
  let next = 0;
  const lane = async (_: unknown, stream: number) => {
    for (let n = next++; n < total; n = next++) await emmett.append(`mind-${stream}`, groups[n] ?? []);
  };
  const startedAt = performance.now();
  await Promise.all(Array.from({ length: inFlight }, lane));
  return (1000 * total * eventsEach) / (performance.now() - startedAt);
}

function figures({ processors, ...values }: Awaited<ReturnType<typeof measure>>): Figure[] {
  const raws = [values.raw100, values.raw400, values.raw1000];
  const best = raws.reduce((most, one) => (median(one) > median(most) ? one : most));
  const raw = { name: `raw INSERT … unnest of ${RAW_SIZES[raws.indexOf(best)]}`, values: best };
  const overNats = `appends/s, 256 in flight over ${MINDS} minds, one event each`;
  const overEmpty = { name: 'empty NATS request-reply', values: values.nats };
  return [
    { ...figure(overNats, values.single, overEmpty, 0.4), note: processors },
    figure('appends/s, 64 in flight', values.single64, { name: 'Emmett', values: values.emmett64 }, 3.5),
    figure('events/s in batches of 100, 8 in flight', values.batch, raw, 0.5),
    figure('the same batches', values.batch, { name: 'Emmett', values: values.emmettBatch }, 1.1),
  ];
}

function figure(
  name: string,
  ours: number[],
  yardstick: { name: string; values: number[] },
  limit: number,
): Figure {
  const ratio = pairedRatio(ours, yardstick.values);
  return {
    name,
    value: { ...summarize(ours), p99: undefined, unit: '/s' },
    yardstick: { ...summarize(yardstick.values), p99: undefined, name: yardstick.name, unit: '/s' },
    ratio,
    target: atLeast(ratio, limit),
  };
}
