import { connect } from 'nats';
import { SNAPSHOT_BUCKET, type ServiceName } from '#libs/contracts';
import { rawSelect } from '../rig/raw-select';
import type { Rig } from '../rig/rig';
import type { Bench } from '../runner/bench';
import { atLeast } from '../runner/figure';
import { interleave, timed } from '../runner/repeat';
import { pairedRatio, summarize } from '../runner/statistics';

const REBUILT: ServiceName = 'projection';

/** A cache made anew from the whole log, as after a change of its fold. */
export const rebuildBench: Bench = {
  name: 'rebuild',
  about: `a rebuild of ${REBUILT} from position 1, beside a raw SELECT of the same rows`,
  run: async ({ rig, quick }) => {
    const events = quick ? 10_000 : 1_000_000;
    const minds = { long: await rig.mind(events), short: await rig.mind(1_000) };
    const mind = minds.long;
    const { ours, select } = await interleave(quick ? 2 : 3, {
      ours: async () => (1000 * events) / (await rebuild(rig, minds)),
      select: async () => (1000 * events) / (await timed(() => selectAll(rig.postgresUrl, mind, events))),
    });
    const ratio = pairedRatio(ours, select);
    return [
      {
        name: `rebuild of ${events} events`,
        value: { ...summarize(ours), p99: undefined, unit: 'events/s' },
        yardstick: { ...summarize(select), p99: undefined, name: 'raw SELECT by pg', unit: 'events/s' },
        ratio,
        target: atLeast(ratio, 0.6),
      },
    ];
  },
};

/** The service starts without a snapshot and without the mind; the first question makes it fold the whole log. */
async function rebuild(rig: Rig, { long: mind, short }: { long: string; short: string }): Promise<number> {
  await rig.stopServices();
  await dropSnapshots(rig.servers.natsUrl);
  const client = await rig.services({ names: ['event-log', REBUILT] });
  // Once it has answered for another mind, what is measured is the rebuild and not the service's own start.
  await client.loaded(REBUILT, short, 1);
  const { position } = await client.head(mind);
  return timed(() => client.loaded(REBUILT, mind, position));
}

async function dropSnapshots(url: string): Promise<void> {
  const nats = await connect({ servers: url });
  const streams = (await nats.jetstreamManager()).streams;
  const name = `KV_${SNAPSHOT_BUCKET(REBUILT)}`;
  for await (const stream of streams.list()) if (stream.config.name === name) await streams.delete(name);
  await nats.close();
}

async function selectAll(url: string, mind: string, events: number): Promise<void> {
  let rows = 0;
  for await (const page of rawSelect(url, mind)) rows += page.length;
  if (rows < events) throw new Error(`${rows} rows instead of ${events}`);
}
