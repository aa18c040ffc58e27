import { spawn, type ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import { KeptProcess } from './kept-process';
import { LogFile } from './log-file';
import type { ProcessReport } from './process-plan';

/** One service to run: `replicas` processes of the same program. */
export interface ServicePlan {
  name: string;
  /** The program's file, run by this Node. */
  file: string;
  replicas: number;
  /** The environment of one replica, counted from 0. */
  env: (replica: number) => NodeJS.ProcessEnv;
}

export interface SupervisorOptions {
  stages: readonly (readonly ServicePlan[])[];
  logDir: string;
  detached?: boolean;
  report: (report: ProcessReport) => void;
}

/** A service that ends with this exit code was given a wrong setting: starting it again can't help. */
const wrongUse = 2;
const readyWithinMs = 60_000;
/** A service promises to end within 10 s of SIGTERM. */
const stopWithinMs = 12_000;

/**
 * Runs the services, each process of them on its own: starts the first stage before all others, starts one that
 * ends again after a back-off, and stops them stage by stage in the other order.
 *
 * What a service does for it: `process.send({ ready: true })` when it is ready, end by itself when the IPC
 * channel disconnects (the supervisor is gone), end within 10 s of SIGTERM.
 */
export class Supervisor {
  readonly #stages: KeptProcess[][];
  #stopped = false;

  constructor(options: SupervisorOptions) {
    this.#stages = options.stages.map((stage) => stage.flatMap((service) => keepReplicas(service, options)));
  }

  /**
   * Resolves when every process is ready. Throws StartError when one can't be brought to it. All others start
   * together once the first stage is ready: one stage after the other took more than twice as long.
   */
  async start(): Promise<void> {
    const [first = [], ...others] = this.#stages;
    for (const together of [first, others.flat()]) {
      if (this.#stopped) return;
      await Promise.all(together.map((kept) => kept.start()));
    }
  }

  /** Asks each to end and sees that it does; bounded by 12 s and a kill for each stage. */
  async stop(): Promise<void> {
    this.#stopped = true;
    for (const stage of [...this.#stages].reverse()) {
      await Promise.all(stage.map((kept) => kept.stop()));
    }
  }

  killNow(): void {
    this.#stopped = true;
    for (const kept of this.#stages.flat()) kept.killNow();
  }

  /** Process numbers of those that run, by name; replicas after the first are `<name>-2`, `<name>-3`, … */
  pids(): Record<string, number> {
    const running = this.#stages.flat().map(({ name, pid }) => [name, pid] as const);
    return Object.fromEntries(
      running.filter((entry): entry is readonly [string, number] => entry[1] !== undefined),
    );
  }
}

/** The name of one process of a service. */
export function instanceName(service: string, replica: number): string {
  return replica === 0 ? service : `${service}-${replica + 1}`;
}

function keepReplicas(service: ServicePlan, options: SupervisorOptions): KeptProcess[] {
  return Array.from({ length: service.replicas }, (_, replica) => keepOne(service, replica, options));
}

function keepOne(
  service: ServicePlan,
  replica: number,
  { logDir, detached, report }: SupervisorOptions,
): KeptProcess {
  const name = instanceName(service.name, replica);
  return new KeptProcess({
    name,
    launch: () => launch(service, service.env(replica), detached ?? false),
    ready: saysReady,
    readyWithinMs,
    startAttempts: 3,
    finalExitCodes: [wrongUse],
    stopSignal: 'SIGTERM',
    stopWithinMs,
    killSignal: 'SIGKILL',
    log: new LogFile(join(logDir, `${name}.log`)),
    report,
  });
}

/** As in the Dockerfile. With room for more young objects (MiB), fewer of those that are soon done with get copied. */
const NODE_FLAGS = ['--enable-source-maps', '--max-semi-space-size=32'];

function launch(service: ServicePlan, env: NodeJS.ProcessEnv, detached: boolean): ChildProcess {
  return spawn(process.execPath, [...NODE_FLAGS, service.file], {
    env,
    detached,
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
}

/** Resolves when the process says over IPC that it is ready, or when the signal fires. */
function saysReady(child: ChildProcess, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = () => {
      child.off('message', onMessage);
      resolve();
    };
    const onMessage = (message: unknown) => {
      if (typeof message === 'object' && message !== null && 'ready' in message && message.ready === true)
        end();
    };
    child.on('message', onMessage);
    signal.addEventListener('abort', end, { once: true });
  });
}
