import type { ReadPurpose } from '#libs/contracts';

/** Counters on the real path. */
export interface LogMeter {
  read(purpose: ReadPurpose, source: 'memory' | 'postgres'): void;
  /** An append was answered: `ok`, `duplicate` or the code of its error. */
  appended(result: string): void;
  /** A group of events became durable. */
  committed(events: number, seconds: number): void;
  /** An append had to ask the database what is there: `conflict`, `locked`, `unknown`, `refused` or `asked`. */
  judged(reason: string): void;
}
