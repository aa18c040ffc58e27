import { join } from 'node:path';
import { startSystem } from '#test/support/system';
import type { Bench } from '../runner/bench';
import { atMost } from '../runner/figure';
import { summarize } from '../runner/statistics';

const SECONDS = 15;
/** What `npm start` runs. */
const startProgram = join(__dirname, '..', '..', '..', '..', 'deploy', 'local', 'start.mjs');

/** What a new user waits for. */
export const startBench: Bench = {
  name: 'start',
  about: 'from the first event of a start on an empty data folder to ready, dependencies installed',
  run: async ({ rig, quick }) => {
    await rig.stopServices();
    const seconds: number[] = [];
    for (let round = 0; round < (quick ? 1 : 5); round++) {
      const startedAt = performance.now();
      const system = await startSystem({ program: [startProgram] });
      seconds.push((performance.now() - startedAt) / 1000);
      await system.stop();
    }
    const value = summarize(seconds);
    return [
      {
        name: 'start to ready',
        value: { ...value, unit: 's' },
        target: atMost(value.p99, SECONDS, 'the slowest '),
        note: `${seconds.length} starts, each with a new PostgreSQL cluster`,
      },
    ];
  },
};
