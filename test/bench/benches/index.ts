import type { Bench } from '../runner/bench';
import { appendsAllBench, appendsBench } from './appends.bench';
import { latencyBench } from './latency.bench';
import { soakBench } from './soak.bench';
import { throughputBench } from './throughput.bench';
import { tickBench } from './tick.bench';
import { visibleBench } from './visible.bench';

/** In the order in which they run: those that want the same services stand together. */
export const BENCHES: readonly Bench[] = [
  tickBench,
  visibleBench,
  soakBench,
  throughputBench,
  appendsAllBench,
  appendsBench,
  latencyBench,
];
