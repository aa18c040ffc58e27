import { Client } from 'pg';
import { happening, type Happening } from '../generate/life';
import type { BenchClient } from '../rig/bench-client';
import type { Rig } from '../rig/rig';
import type { Bench, BenchContext } from '../runner/bench';
import { atMost, type Figure } from '../runner/figure';
import { interleave, timed } from '../runner/repeat';
import { summarize } from '../runner/statistics';

const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;
const ASLEEP = 'asleep';

/** Minds that sleep must cost nothing. Two whole systems run side by side, one of them with many sleeping minds. */
export const knownBench: Bench = {
  name: 'known',
  about: '100,000 minds known of which 1,000 are active, beside a system that knows only the active ones',
  run: async (context) => {
    const few = await context.rig.another();
    const figures = await measure(context, few);
    await few.stop();
    return figures;
  },
};

async function measure({ rig, quick }: BenchContext, few: Rig): Promise<Figure[]> {
  const [known, active] = quick ? [2_000, 100] : [100_000, 1_000];
  await rig.minds(known - active, ASLEEP, 5, {
    endsAtMs: Date.now() - DAY_MS,
    happenings: sleeper,
    tickIntervalMs: null,
  });
  const minds = await rig.minds(active, 'active', 100);
  await few.minds(active, 'active', 100);
  const [many, alone] = [await rig.services(), await few.services()];
  await many.warm(minds);
  await alone.warm(minds);
  const startedAt = new Date();
  const tick = (client: BenchClient) => async (round: number) => {
    const mind = minds[round % minds.length] ?? '';
    return timed(async () => client.folded(mind, (await client.tick(mind)).position));
  };
  const measurements = { many: tick(many), alone: tick(alone) };
  await interleave(quick ? 50 : 1_000, measurements);
  const values = await interleave(quick ? 200 : 3_000, measurements);
  return figures(summarize(values.many), summarize(values.alone), {
    known,
    ticks: await ticksOfSleepers(rig.postgresUrl, startedAt),
  });
}

/** One turn, then ticks until the pauses between them have reached an hour. */
function* sleeper(): Generator<Happening> {
  const about = { provider: 'echo', model: 'echo', contextPosition: 1, promptDigest: 'd' };
  yield happening('user_message', { turnId: 'only' }, 'Good night.');
  yield happening('assistant_message', { turnId: 'only', ...about }, 'Sleep well.');
  for (let tick = 1; ; tick++)
    yield happening('autonomy_tick', { tick, reason: 'heartbeat' }, '', tick * HOUR_MS);
}

async function ticksOfSleepers(url: string, since: Date): Promise<number> {
  const client = new Client({ connectionString: url });
  await client.connect();
  const text = `SELECT count(*)::int AS ticks FROM events
    WHERE at >= $1 AND kind = 'autonomy_tick' AND mind LIKE '${ASLEEP}-%'`;
  const { rows } = await client.query<{ ticks: number }>(text, [since.toISOString()]);
  await client.end();
  return rows[0]?.ticks ?? NaN;
}

function figures(
  many: ReturnType<typeof summarize>,
  alone: ReturnType<typeof summarize>,
  { known, ticks }: { known: number; ticks: number },
): Figure[] {
  const ratio = many.median / alone.median;
  return [
    {
      name: `tick of an active mind among ${known} known ones`,
      value: { ...many, unit: 'ms' },
      yardstick: { ...alone, name: 'without the others', unit: 'ms' },
      ratio,
      target: atMost(ratio, 1.1),
    },
    {
      name: 'ticks of the sleeping minds in the run',
      value: { median: ticks, unit: '' },
      target: { text: 'exactly 0', met: ticks === 0 },
    },
  ];
}
