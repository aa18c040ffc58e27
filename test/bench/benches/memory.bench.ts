import { STATEFUL } from '../rig/bench-client';
import type { Bench } from '../runner/bench';
import { atMost } from '../runner/figure';

const BYTES = 12_000;

/** How much memory a mind takes that is held by every service. */
export const memoryBench: Bench = {
  name: 'memory',
  about: 'heap of each stateful service for each of 10,000 resident minds of 100 events',
  run: async ({ rig, quick }) => {
    const minds = await rig.minds(quick ? 1_000 : 10_000, 'resident', 100);
    await rig.stopServices();
    const client = await rig.services();
    const before = await rig.probe();
    await client.warm(minds);
    const after = await rig.probe();
    return STATEFUL.map((name) => {
      const bytes = ((after[name]?.heapUsed ?? NaN) - (before[name]?.heapUsed ?? NaN)) / minds.length;
      return {
        name: `heap of ${name} per resident mind`,
        value: { median: bytes, unit: 'bytes' },
        target: atMost(bytes, BYTES),
        note: `${minds.length} minds of 100 events, after a forced collection, beyond that of the empty service`,
      };
    });
  },
};
