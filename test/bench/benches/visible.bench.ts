import type { AppendReply, SelfModelReply } from '#libs/contracts';
import { Notes } from '../rig/notes';
import { RoundTrip } from '../rig/round-trip';
import type { Bench } from '../runner/bench';
import { atMost } from '../runner/figure';
import { interleave } from '../runner/repeat';
import { summarize } from '../runner/statistics';

/** How soon a reader sees what a writer was told is durable. */
export const visibleBench: Bench = {
  name: 'visible',
  about: 'from the acknowledgement of an append to its effect in the self-model of projection',
  run: async ({ rig, quick, seed }) => {
    const mind = await rig.mind(1_000);
    const client = await rig.services();
    await client.warm([mind]);
    const roundTrip = await RoundTrip.start(rig.servers.natsUrl);
    const notes = new Notes(seed + 2);
    const visible = async () => {
      const { to } = await client.ask<AppendReply>('event-log', mind, 'append', { events: notes.take(1) });
      const startedAt = performance.now();
      await client.ask<SelfModelReply>('projection', mind, 'get', { minPosition: to });
      const ms = performance.now() - startedAt;
      // The yardstick that follows is that of an idle system.
      await client.folded(mind, to);
      return ms;
    };
    const measurements = { visible, idle: () => roundTrip.measure() };
    await interleave(30, measurements);
    const values = await interleave(quick ? 200 : 2_000, measurements);
    await roundTrip.stop();
    const [value, idle] = [summarize(values.visible), summarize(values.idle)];
    const ratio = value.median / idle.median;
    return [
      {
        name: 'append acknowledged → visible in projection',
        value: { ...value, unit: 'ms' },
        yardstick: { ...idle, name: 'idle NATS round trip', unit: 'ms' },
        ratio,
        target: atMost(ratio, 5, 'p50 '),
        note: `p99 is ${(value.p99 / idle.median).toFixed(1)} round trips; the reader’s own request is one of them`,
      },
    ];
  },
};
