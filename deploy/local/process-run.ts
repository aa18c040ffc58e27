import type { ChildProcess } from 'node:child_process';
import type { ProcessPlan } from './process-plan';

/** How one life of a process ended. */
export interface RunEnd {
  pid?: number;
  code: number | null;
  /** For a person, such as `ended with exit code 1`. */
  reason: string;
  aliveMs: number;
}

/** One life of a process, from its start to its end. */
export class ProcessRun {
  /** Always resolves, also for a process that could not be started at all. */
  readonly ended: Promise<RunEnd>;
  readonly #child: ChildProcess;
  readonly #plan: ProcessPlan;
  readonly #startedAt = performance.now();
  #over = false;
  #verdict?: string;

  static begin(plan: ProcessPlan): ProcessRun {
    return new ProcessRun(plan, plan.launch());
  }

  private constructor(plan: ProcessPlan, child: ChildProcess) {
    this.#plan = plan;
    this.#child = child;
    child.stdout?.on('data', (chunk: Buffer) => plan.log.write(chunk));
    child.stderr?.on('data', (chunk: Buffer) => plan.log.write(chunk));
    this.ended = new Promise((resolve) => {
      const end = (code: number | null, reason: string) => resolve(this.#end(code, reason));
      child.once('exit', (code, signal) =>
        end(code, signal ? `was ended by ${signal}` : `ended with exit code ${code}`),
      );
      child.on('error', (error) => {
        if (child.pid === undefined) end(null, `could not be started (${error.message})`);
      });
    });
  }

  get pid(): number | undefined {
    return this.#over ? undefined : this.#child.pid;
  }

  send(signal: NodeJS.Signals): void {
    if (!this.#over) this.#child.kill(signal);
  }

  /** Answers undefined once the process is ready, and its end when that came first. */
  async readyOrEnded(stopping: AbortSignal): Promise<RunEnd | undefined> {
    const late = AbortSignal.timeout(this.#plan.readyWithinMs);
    const over = new AbortController();
    const givenUp = AbortSignal.any([late, stopping, over.signal]);
    const ready = this.#plan.ready(this.#child, givenUp).then(
      () => (givenUp.aborted ? this.#giveUp('was not ready in time', stopping) : undefined),
      (error: unknown) =>
        this.#giveUp(`failed (${error instanceof Error ? error.message : 'unknown'})`, stopping),
    );
    const first = await Promise.race([ready, this.ended]);
    over.abort();
    return first;
  }

  /** True when the process ended before the time was over. */
  async endedWithin(ms: number): Promise<boolean> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<false>((resolve) => {
      timer = setTimeout(() => resolve(false), ms);
    });
    const inTime = await Promise.race([this.ended.then(() => true as const), late]);
    clearTimeout(timer);
    return inTime;
  }

  /** A process that is being stopped gets its stop signal from whoever stops it; any other is killed here. */
  #giveUp(verdict: string, stopping: AbortSignal): Promise<RunEnd> {
    if (!stopping.aborted) {
      this.#verdict ??= verdict;
      this.send(this.#plan.killSignal);
    }
    return this.ended;
  }

  #end(code: number | null, reason: string): RunEnd {
    this.#over = true;
    const aliveMs = performance.now() - this.#startedAt;
    return { pid: this.#child.pid, code, reason: this.#verdict ?? reason, aliveMs };
  }
}
