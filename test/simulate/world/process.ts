/** One simulated process. What it is doing when it dies ends there: nothing that it waits for ever comes. */
export class Process {
  state: 'running' | 'paused' | 'dead' = 'running';
  /** What came due while it was paused. */
  readonly held: (() => void)[] = [];

  constructor(
    readonly name: string,
    /** A number for the hash of the trace. */
    readonly number: number,
  ) {}
}
