import type { Rig } from '../rig/rig';
import type { Figure } from './figure';

export interface BenchContext {
  rig: Rig;
  seed: number;
  /** Small sizes and few repeats: shows that all of it works, not how fast it is. */
  quick: boolean;
  say: (line: string) => void;
}

/** One benchmark: a name to call it by, and what it measures. */
export interface Bench {
  name: string;
  about: string;
  run: (context: BenchContext) => Promise<Figure[]>;
}
