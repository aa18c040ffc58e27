import type { ChildProcess } from 'node:child_process';
import type { LogFile } from './log-file';

/** How one process is started, recognised as ready, and ended. */
export interface ProcessPlan {
  name: string;
  /** Starts it with piped stdout and stderr. */
  launch: () => ChildProcess;
  /** Resolves when the process can do its work; gives up, by any end, when the signal fires. */
  ready: (child: ChildProcess, signal: AbortSignal) => Promise<void>;
  readyWithinMs: number;
  /** How often a first start is tried; once it was ready, it is started again without end. */
  startAttempts: number;
  /** Exit codes after which another try can't help, such as a bad setting. */
  finalExitCodes: readonly number[];
  stopSignal: NodeJS.Signals;
  stopWithinMs: number;
  /** Sent when `stopSignal` did not help in time, and on `killNow`. */
  killSignal: NodeJS.Signals;
  log: LogFile;
  report: (report: ProcessReport) => void;
}

export type ProcessReport =
  | { name: string; state: 'ready'; pid: number; again: boolean }
  | { name: string; state: 'ended'; pid?: number; reason: string; restartInMs: number }
  | { name: string; state: 'stopped' };
