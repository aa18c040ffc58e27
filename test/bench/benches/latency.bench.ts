import type { AppendReply } from '#libs/contracts';
import { Notes } from '../rig/notes';
import { RawTable } from '../rig/raw-table';
import { SHARDS } from '../rig/rig';
import { RoundTrip } from '../rig/round-trip';
import type { Bench } from '../runner/bench';
import { atMost } from '../runner/figure';
import { interleave, timed } from '../runner/repeat';
import { summarize } from '../runner/statistics';

const WARM_UP = 50;

/** How long one writer waits for one event to be durable. */
export const latencyBench: Bench = {
  name: 'latency',
  about: 'one writer, one event at a time, beside a raw autocommit INSERT and an empty request-reply',
  run: async ({ rig, quick, seed }) => {
    const [mind = ''] = await rig.minds(1, 'single-writer', 100);
    const client = await rig.services({ names: ['event-log'] });
    const roundTrip = await RoundTrip.start(rig.servers.natsUrl);
    const raw = await RawTable.create(await rig.database('raw-latency'), SHARDS);
    const notes = new Notes(seed);
    const append = (events = notes.take(1)) =>
      timed(() => client.ask<AppendReply>('event-log', mind, 'append', { events }));
    const insert = (rows = raw.rows('raw', 1, notes)) => timed(() => raw.insert(rows));
    const measurements = { append: () => append(), insert: () => insert(), idle: () => roundTrip.measure() };
    try {
      await interleave(WARM_UP, measurements);
      const { append: ours, insert: theirs, idle } = await interleave(quick ? 200 : 3_000, measurements);
      const sums = summarize(theirs.map((ms, n) => ms + (idle[n] ?? NaN)));
      const value = summarize(ours);
      const ratio = value.median / sums.median;
      return [
        {
          name: 'append by one writer',
          value: { ...value, unit: 'ms' },
          yardstick: { ...sums, name: 'raw autocommit INSERT + empty request-reply', unit: 'ms' },
          ratio,
          target: atMost(ratio, 1.7, 'at p50 '),
        },
      ];
    } finally {
      await Promise.all([roundTrip.stop(), raw.close()]);
    }
  },
};
