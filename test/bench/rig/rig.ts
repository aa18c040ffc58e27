import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { serviceStages } from '#deploy/local/service-list';
import { planServices } from '#deploy/local/service-plans';
import { Supervisor } from '#deploy/local/supervisor';
import { waitUntil } from '#deploy/local/waiting';
import { freePort } from '#deploy/local/ports';
import { withServers, type Servers } from '#test/support/servers';
import { migrate } from '../../../services/event-log/src/adapters/postgres/database';
import { fillDatabase } from '../generate/fill-database';
import type { LogPlan } from '../generate/generate-log';
import { BenchClient } from './bench-client';
import type { Probed } from './probe';

export const SHARDS = 64;
/** Longer than a run: minds tick when a bench says so. */
const QUIET_INTERVAL_MS = 3_600_000;
const HOUR_MS = 3_600_000;
const PROBE_MS = 30_000;

export interface ServicesOptions {
  /** Default: all of them. */
  names?: readonly string[];
  env?: Record<string, string>;
}

/** The servers of one run, the services that a bench wants, and logs of the sizes it wants. */
export class Rig {
  readonly #filled = new Map<string, Promise<number>>();
  readonly #probes: string;
  #supervisor?: Supervisor;
  #client?: BenchClient;
  #kind = '';
  #databases = 0;
  readonly #others: Rig[] = [];
  httpPort = 0;

  private constructor(
    readonly servers: Servers,
    readonly seed: number,
    private readonly say: (line: string) => void,
  ) {
    this.#probes = join(servers.dataDir, 'probes');
    mkdirSync(this.#probes, { recursive: true });
  }

  static async start(seed: number, say: (line: string) => void): Promise<Rig> {
    const servers = await withServers();
    await migrate(servers.postgresUrl, SHARDS);
    return new Rig(servers, seed, say);
  }

  /** A second set of servers beside this one; stopped with it at the latest. */
  async another(): Promise<Rig> {
    const other = await Rig.start(this.seed, this.say);
    this.#others.push(other);
    return other;
  }

  get postgresUrl(): string {
    return this.servers.postgresUrl;
  }

  /** An empty database of its own on the same server, made anew each time. */
  database(name: string): Promise<string> {
    return this.servers.createDatabase(`${name}_${++this.#databases}`);
  }

  /** A mind with a log of so many events, written once a run for each name. */
  async mind(events: number, name = `mind-${events}`): Promise<string> {
    await this.fill(name, [{ mind: name, events, seed: this.seed, endsAtMs: Date.now() - HOUR_MS / 2 }]);
    return name;
  }

  /** Minds `<name>-0`, `<name>-1`, … with logs of their own. */
  async minds(count: number, name: string, events: number, more: Partial<LogPlan> = {}): Promise<string[]> {
    const endsAtMs = Date.now() - HOUR_MS / 2;
    const plans = Array.from({ length: count }, (_, n) => ({
      ...{ mind: `${name}-${n}`, events, seed: this.seed + n, endsAtMs },
      ...more,
    }));
    await this.fill(`${name} x ${count}`, plans);
    return plans.map(({ mind }) => mind);
  }

  /** Writes logs into the database; services that run are stopped first, as they would not know of them. */
  private async fill(key: string, plans: LogPlan[]): Promise<void> {
    const filling = this.#filled.get(key);
    if (filling) return void (await filling);
    await this.stopServices();
    const startedAt = performance.now();
    const options = { postgresUrl: this.postgresUrl, shards: SHARDS, tickIntervalMs: QUIET_INTERVAL_MS };
    const work = fillDatabase(plans, options);
    this.#filled.set(key, work);
    const seconds = () => ((performance.now() - startedAt) / 1000).toFixed(1);
    this.say(`  filled ${await work} events of ${plans.length} minds (${key}) in ${seconds()} s`);
  }

  /** Services on these servers; those of an earlier call are used again when they are the same. */
  async services({ names, env = {} }: ServicesOptions = {}): Promise<BenchClient> {
    const kind = JSON.stringify([names, env]);
    if (this.#client && this.#kind === kind) return this.#client;
    await this.stopServices();
    this.#kind = kind;
    this.httpPort = await freePort();
    const stages = serviceStages.map((stage) => stage.filter((name) => names?.includes(name) ?? true));
    this.#supervisor = new Supervisor({
      stages: planServices(stages, this.#surroundings(env), fileOf),
      logDir: join(this.servers.dataDir, 'logs'),
      detached: true,
      report: () => undefined,
    });
    await this.#supervisor.start();
    this.#client = await BenchClient.connect(this.servers.natsUrl, SHARDS, stages.flat());
    return this.#client;
  }

  #surroundings(env: Record<string, string>) {
    const own = Object.entries(process.env).filter(([name]) => !name.startsWith('PMM_'));
    const probe = {
      NODE_OPTIONS: `--require ${join(__dirname, 'probe.js')}`,
      PMM_BENCH_PROBES: this.#probes,
    };
    return {
      env: { ...Object.fromEntries(own), PMM_LOG_LEVEL: 'warn', ...probe, ...env },
      httpHost: '127.0.0.1',
      httpPort: this.httpPort,
      natsUrl: this.servers.natsUrl,
      postgresUrl: this.postgresUrl,
      dataDir: this.servers.dataDir,
      replicas: {},
    };
  }

  /** The processes of the servers and of the services that run now. */
  pids(): Record<string, number> {
    const { postgres = 0, nats = 0 } = this.servers.pids;
    return { nats, ...this.#supervisor?.pids(), postgres };
  }

  /** What each service holds after a forced collection. */
  async probe(): Promise<Record<string, Probed>> {
    const pids = Object.entries(this.#supervisor?.pids() ?? {});
    for (const [, pid] of pids) {
      rmSync(this.#probeFile(pid), { force: true });
      process.kill(pid, 'SIGUSR2');
    }
    const found = await waitUntil(() => pids.every(([, pid]) => existsSync(this.#probeFile(pid))), {
      timeoutMs: PROBE_MS,
    });
    if (!found) throw new Error('not every service told what it holds');
    return Object.fromEntries(
      pids.map(([name, pid]) => [name, JSON.parse(readFileSync(this.#probeFile(pid), 'utf8')) as Probed]),
    );
  }

  #probeFile(pid: number): string {
    return join(this.#probes, `${pid}.json`);
  }

  async stopServices(): Promise<void> {
    await this.#client?.close();
    await this.#supervisor?.stop();
    this.#client = undefined;
    this.#supervisor = undefined;
  }

  async stop(): Promise<void> {
    await Promise.all(this.#others.splice(0).map((other) => other.stop()));
    await this.stopServices();
    await this.servers.stop();
  }
}

const fileOf = (service: string): string =>
  join(__dirname, '..', '..', '..', 'services', service, 'src', 'main.js');
