import type { Bench } from '../runner/bench';
import { soakBench } from './soak.bench';
import { throughputBench } from './throughput.bench';
import { tickBench } from './tick.bench';

/** In the order in which they run: those that want the same services stand together. */
export const BENCHES: readonly Bench[] = [tickBench, soakBench, throughputBench];
