import type { Bench } from '../runner/bench';
import { appendsAllBench, appendsBench } from './appends.bench';
import { flatBench } from './flat.bench';
import { foldBench } from './fold.bench';
import { importBench } from './import.bench';
import { knownBench } from './known.bench';
import { latencyBench } from './latency.bench';
import { memoryBench } from './memory.bench';
import { rebuildBench } from './rebuild.bench';
import { soakBench } from './soak.bench';
import { startBench } from './start.bench';
import { throughputBench } from './throughput.bench';
import { tickBench } from './tick.bench';
import { verifyBench } from './verify.bench';
import { visibleBench } from './visible.bench';

/** In the order in which they run: those that want the same services stand together. */
export const BENCHES: readonly Bench[] = [
  tickBench,
  flatBench,
  visibleBench,
  soakBench,
  throughputBench,
  memoryBench,
  appendsAllBench,
  appendsBench,
  latencyBench,
  verifyBench,
  importBench,
  rebuildBench,
  foldBench,
  knownBench,
  startBench,
];
