import { join } from 'node:path';
import { makeFolders } from './small-files';
import type { KeptProcess } from './kept-process';
import { bringNats, bringPostgres, type ServerStage } from './local-servers';
import { ProcessList, type Persuasion } from './orphans';
import { freePort, isFree } from './ports';
import type { ProcessReport } from './process-plan';
import type { Ready, Reporter } from './reporter';
import { httpService, serviceStages } from './service-list';
import { planServices } from './service-plans';
import type { LocalSettings } from './settings';
import { lockDataDir } from './single-instance';
import { StartError } from './start-error';
import { Supervisor } from './supervisor';

export interface LocalSystemOptions {
  settings: LocalSettings;
  reporter: Reporter;
  /** The environment in which the services' own settings are. */
  env: NodeJS.ProcessEnv;
  /** The file of a service's program. */
  fileOf: (service: string) => string;
  stages?: readonly (readonly string[])[];
}

const leftOverSteps: readonly Persuasion[] = [
  { signal: 'SIGTERM', waitMs: 3_000 },
  { signal: 'SIGKILL', waitMs: 2_000 },
];

/** The whole system on one machine; started once and stopped once. */
export class LocalSystem {
  readonly #options: LocalSystemOptions;
  readonly #settings: LocalSettings;
  readonly #left: ProcessList;
  /** What is to be stopped, in the order of its start. */
  readonly #running: (KeptProcess | Supervisor)[] = [];
  #starting?: Promise<Ready>;
  #stopping = false;
  #killed = false;
  #unlisted = false;
  #unlock?: () => void;

  constructor(options: LocalSystemOptions) {
    this.#options = options;
    this.#settings = options.settings;
    this.#left = new ProcessList(join(options.settings.dataDir, 'processes.json'));
  }

  /** Resolves when every part is ready. Throws StartError; the caller then still has to `stop`. */
  start(): Promise<Ready> {
    this.#starting = this.#start();
    return this.#starting;
  }

  /** Stops everything in the other order, also in the middle of a start. Bounded by each part's own bound. */
  async stop(): Promise<void> {
    this.#stopping = true;
    await this.#stopRunning();
    // A start in progress fails at its next step; what it has added meanwhile is stopped after it.
    await Promise.allSettled([this.#starting]);
    await this.#stopRunning();
    if (!this.#unlock) return;
    this.#left.clear();
    this.#unlock();
  }

  /** Whether `killNow` ended it. */
  get killed(): boolean {
    return this.#killed;
  }

  killNow(): void {
    this.#stopping = true;
    this.#killed = true;
    for (const part of this.#running) part.killNow();
  }

  async #stopRunning(): Promise<void> {
    for (let part = this.#running.at(-1); part; part = this.#running.at(-1)) {
      await part.stop();
      this.#running.splice(this.#running.indexOf(part), 1);
    }
  }

  async #start(): Promise<Ready> {
    const startedAt = performance.now();
    const { dataDir, httpHost } = this.#settings;
    makeFolders(dataDir);
    this.#unlock = await lockDataDir(join(dataDir, 'supervisor.lock'), dataDir);
    await this.#left.stopLeftOver(leftOverSteps);
    const httpPort = await this.#chooseHttpPort();
    const stage: ServerStage = {
      ...this.#options,
      onProcess: this.#onProcess,
      run: (part) => this.#run(part),
    };
    const postgres = await bringPostgres(stage);
    const nats = await bringNats(stage);
    await this.#startServices({ httpPort, natsUrl: nats, postgresUrl: postgres });
    const seconds = (performance.now() - startedAt) / 1000;
    return { http: addressOf(httpHost, httpPort), nats, postgres, pids: this.pids(), seconds };
  }

  async #chooseHttpPort(): Promise<number> {
    const { httpHost, httpPort, replicas } = this.#settings;
    if (httpPort === 0) return freePort();
    for (let port = httpPort; port < httpPort + (replicas[httpService] ?? 1); port += 1) {
      if (await isFree(httpHost, port)) continue;
      throw new StartError(
        `Port ${port} of ${httpHost} is taken: end the program that listens there, or set PMM_HTTP_PORT to a free port.`,
      );
    }
    return httpPort;
  }

  async #startServices(addresses: { httpPort: number; natsUrl: string; postgresUrl: string }): Promise<void> {
    const { env, fileOf, stages = serviceStages } = this.#options;
    const plans = planServices(stages, { ...this.#settings, ...addresses, env }, fileOf);
    const logDir = join(this.#settings.dataDir, 'logs');
    await this.#run(new Supervisor({ stages: plans, logDir, detached: true, report: this.#onProcess }));
    this.#options.reporter.step(
      'services',
      `${stages.flat().length} services ready, their logs are in ${logDir}`,
    );
  }

  async #run(part: KeptProcess | Supervisor): Promise<void> {
    this.#running.push(part);
    if (this.#stopping) throw new StartError('Stopped while it started.');
    await part.start();
  }

  /** Process numbers of all that runs now, by name. */
  pids(): Record<string, number> {
    return Object.assign({}, ...this.#running.map(pidsOf)) as Record<string, number>;
  }

  readonly #onProcess = (report: ProcessReport): void => {
    this.#options.reporter.process(report);
    const services = this.#running.filter((part) => part instanceof Supervisor);
    try {
      this.#left.write(services.flatMap((part) => Object.values(part.pids())));
    } catch (error) {
      this.#reportUnlisted(error);
    }
  };

  /** A full disk must not stop the system with it; it is said once. */
  #reportUnlisted(error: unknown): void {
    if (this.#unlisted) return;
    this.#unlisted = true;
    const reason = error instanceof Error ? error.message : String(error);
    process.stderr.write(
      `The list of processes can't be written (${reason}); after a kill, look for them by hand.\n`,
    );
  }
}

function pidsOf(part: KeptProcess | Supervisor): Record<string, number> {
  if (part instanceof Supervisor) return part.pids();
  return part.pid === undefined ? {} : { [part.name]: part.pid };
}

/** A person's own address of a gateway that listens on every one. */
function addressOf(host: string, port: number): string {
  const name = host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host;
  return `http://${name.includes(':') ? `[${name}]` : name}:${port}`;
}
