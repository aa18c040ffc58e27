import { existsSync, readFileSync } from 'node:fs';

/** Of Linux's user interface, whatever the kernel's own clock does. */
const TICKS_PER_SECOND = 100;
const US_PER_TICK = 1_000_000 / TICKS_PER_SECOND;
/** Of `/proc/<pid>/stat` after the name: utime, stime, cutime, cstime. */
const TIMES = [11, 12, 13, 14] as const;
const GONE = ['ENOENT', 'ESRCH'];

/** Who took how much processor time, user and system, over one or more stretches. Empty where there is no `/proc`. */
export class ProcessorTime {
  readonly #taken: Record<string, number> = {};
  readonly #named: ReadonlySet<number>;
  #works = 0;

  /** @param pids By name; a process counts with those that it started and that have no name of their own. */
  constructor(private readonly pids: Record<string, number>) {
    this.#named = new Set(Object.values(pids));
  }

  /** Does `count` pieces of work and counts what they took. */
  async during<T>(count: number, work: () => Promise<T>): Promise<T> {
    const before = this.#look();
    const result = await work();
    const after = this.#look();
    for (const [name, ticks] of Object.entries(after))
      this.#taken[name] = (this.#taken[name] ?? 0) + ticks - (before[name] ?? 0);
    this.#works += count;
    return result;
  }

  /** Of one piece of work, e.g. `client 37 µs, nats 9 µs`. */
  toString(): string {
    return Object.entries(this.#taken)
      .map(([name, ticks]) => `${name} ${Math.round((ticks * US_PER_TICK) / this.#works)} µs`)
      .join(', ');
  }

  #look(): Record<string, number> {
    if (!existsSync('/proc/self/stat')) return {};
    const entries = Object.entries(this.pids).map(([name, pid]) => [name, this.#ticksOf(pid)] as const);
    return Object.fromEntries(entries);
  }

  /** Of a process that is gone, nothing: its time is its parent's then. */
  #ticksOf(pid: number): number {
    const stat = contentOf(`/proc/${pid}/stat`);
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const own = TIMES.reduce((sum, field) => sum + Number(fields[field] ?? 0), 0);
    const children = childrenOf(pid).filter((child) => !this.#named.has(child));
    return children.reduce((sum, child) => sum + this.#ticksOf(child), own);
  }
}

const childrenOf = (pid: number): number[] =>
  contentOf(`/proc/${pid}/task/${pid}/children`).split(' ').filter(Boolean).map(Number);

function contentOf(path: string): string {
  try {
    return readFileSync(path, 'utf8').trim();
  } catch (error) {
    if (GONE.includes((error as NodeJS.ErrnoException).code ?? '')) return '';
    throw error;
  }
}
