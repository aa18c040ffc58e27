import { nextDelayMs } from './back-off';
import type { LogFile } from './log-file';
import type { ProcessPlan } from './process-plan';
import { ProcessRun, type RunEnd } from './process-run';
import { codeOf } from './small-files';
import { StartError } from './start-error';
import { pause } from './waiting';

const reapWithinMs = 5_000;

/** Keeps one process running: starts it, waits until it is ready, and starts it again when it ends unasked. */
export class KeptProcess {
  readonly name: string;
  readonly log: LogFile;
  readonly #plan: ProcessPlan;
  readonly #stopping = new AbortController();
  #run?: ProcessRun;
  #reviving?: Promise<void>;
  #delayMs = 0;
  #readyCount = 0;

  constructor(plan: ProcessPlan) {
    this.name = plan.name;
    this.log = plan.log;
    this.#plan = plan;
  }

  /** The process number, undefined while it is down. */
  get pid(): number | undefined {
    return this.#run?.pid;
  }

  /** How many lives of it became ready. */
  get readyCount(): number {
    return this.#readyCount;
  }

  /** Resolves when it is ready for the first time. Throws StartError when it ended that often before. */
  async start(): Promise<void> {
    for (let attempt = 1; !this.#stopping.signal.aborted; attempt += 1) {
      const end = await this.#launch();
      if (!end) return;
      if (this.#stopping.signal.aborted) break;
      const isFinal = this.#plan.finalExitCodes.includes(end.code ?? -1);
      if (isFinal || attempt >= this.#plan.startAttempts) throw this.#neverReady(end);
      await this.#backOff(end);
    }
    throw new StartError(`${this.name} was stopped while it started.`);
  }

  /** Ends it and keeps it ended. Promises to come back in bounded time. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    const run = this.#run;
    if (run) {
      run.send(this.#plan.stopSignal);
      await this.#seeItEnd(run);
    }
    await this.#reviving;
    this.log.close();
    this.#plan.report({ name: this.name, state: 'stopped' });
  }

  /** Ends it at once, with no chance to finish its work. */
  killNow(): void {
    this.#stopping.abort();
    this.#run?.send(this.#plan.killSignal);
  }

  async #seeItEnd(run: ProcessRun): Promise<void> {
    if (await run.endedWithin(this.#plan.stopWithinMs)) return;
    run.send(this.#plan.killSignal);
    if (await run.endedWithin(reapWithinMs)) return;
    run.send('SIGKILL');
    await run.endedWithin(reapWithinMs);
  }

  /** One life up to readiness; answers its end when it was never ready. */
  async #launch(): Promise<RunEnd | undefined> {
    const run = ProcessRun.begin(this.#plan);
    this.#run = run;
    const early = await run.readyOrEnded(this.#stopping.signal);
    if (early) {
      this.#run = undefined;
      return early;
    }
    this.#plan.report({ name: this.name, state: 'ready', pid: run.pid ?? 0, again: this.#readyCount > 0 });
    this.#readyCount += 1;
    this.#reviving = run.ended.then((end) => this.#revive(end));
    return undefined;
  }

  async #revive(first: RunEnd): Promise<void> {
    let end: RunEnd | undefined = first;
    this.#run = undefined;
    while (end && !this.#stopping.signal.aborted) {
      await this.#backOff(end);
      if (this.#stopping.signal.aborted) return;
      end = await this.#launch();
    }
  }

  async #backOff(end: RunEnd): Promise<void> {
    this.#delayMs = nextDelayMs(this.#delayMs, end.aliveMs);
    const { pid, reason } = end;
    this.#plan.report({ name: this.name, state: 'ended', pid, reason, restartInMs: this.#delayMs });
    await pause(this.#delayMs, undefined, { signal: this.#stopping.signal }).catch(ignoreAbort);
  }

  #neverReady(end: RunEnd): StartError {
    const reason = this.log.tail(8).findLast((line) => line.includes(" can't start: "));
    if (reason !== undefined) return new StartError(`${reason}.`);
    const tail = this.log.tail(8).map((line) => `  ${line}`);
    return new StartError(
      [`${this.name} ${end.reason} before it was ready; the end of ${this.log.path}:`, ...tail].join('\n'),
    );
  }
}

function ignoreAbort(error: unknown): void {
  if (codeOf(error) !== 'ABORT_ERR') throw error;
}
