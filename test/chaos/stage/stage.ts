import { join } from 'node:path';
import { freePort, isFree } from '#deploy/local/ports';
import { waitUntil } from '#deploy/local/waiting';

import { withServers, type Servers } from '#test/support/servers';
import { startSystem, type System } from '#test/support/system';
import { AlarmEar } from './alarm-ear';
import { checkout, programOf } from './checkout';
import { ScriptedModel } from './scripted-model';
import { SERVICE_NAMES } from './service-names';
import { TcpProxy } from './tcp-proxy';

export interface StageOptions {
  dataDir: string;
  /** Processes of each service; default 2. */
  replicas?: number | Record<string, number>;
  /** The program of another build, for a system that is broken on purpose. */
  program?: readonly string[];
  env?: Record<string, string>;
  modelTimeoutMs?: number;
}

/** One running system with everything around it that can be made to fail. */
export interface Stage {
  servers: Servers;
  system: System;
  natsProxy: TcpProxy;
  postgresProxy: TcpProxy;
  model: ScriptedModel;
  ear: AlarmEar;
  /** The addresses of all gateways. */
  gateways: string[];
  /** The environment of a service's process, to start further ones by hand. */
  env: Record<string, string>;
  stop(): Promise<number | null>;
}

const GATEWAY_TRIES = 20;
const healthyWithinMs = 60_000;

export async function openStage(options: StageOptions): Promise<Stage> {
  const servers = await withServers({ dataDir: options.dataDir });
  const closers: (() => Promise<unknown>)[] = [() => servers.stop()];
  const keep = <T>(part: T, close: (part: T) => Promise<unknown>): T => {
    closers.unshift(() => close(part));
    return part;
  };
  try {
    const natsProxy = keep(await TcpProxy.before(servers.natsUrl), (proxy) => proxy.close());
    const postgresProxy = keep(await TcpProxy.before(servers.postgresUrl), (proxy) => proxy.close());
    const model = keep(await ScriptedModel.start(), (server) => server.stop());
    const ear = keep(await AlarmEar.on(servers.natsUrl), (heard) => heard.close());
    const replicas = replicasOf(options.replicas ?? 2);
    const port = await freePortsInARow(replicas.gateway ?? 1);
    const env = {
      PMM_NATS_URL: natsProxy.through(servers.natsUrl),
      PMM_POSTGRES_URL: postgresProxy.through(servers.postgresUrl),
      PMM_HTTP_PORT: String(port),
      PMM_MODEL_PROVIDER: 'openai-compatible',
      PMM_MODEL: 'scripted',
      PMM_MODEL_BASE_URL: model.url,
      PMM_MODEL_TIMEOUT_MS: String(options.modelTimeoutMs ?? 3_000),
      PMM_SNAPSHOT_EVERY: '40',
      PMM_VERIFY_SAMPLE: '0.2',
      PMM_LOG_LEVEL: 'info',
      ...options.env,
    };
    const system = await startSystem({
      env,
      replicas,
      dataDir: join(options.dataDir, 'system'),
      program: options.program ?? programOf(checkout),
    });
    let code: number | null = null;
    closers.unshift(async () => (code = await system.stop()));
    const gateways = Array.from({ length: replicas.gateway ?? 1 }, (_, n) => `http://127.0.0.1:${port + n}`);
    const stop = async () => {
      for (const close of closers) await close();
      return code;
    };
    return { servers, system, natsProxy, postgresProxy, model, ear, gateways, env, stop };
  } catch (error) {
    for (const close of closers) await close();
    throw error;
  }
}

function replicasOf(count: number | Record<string, number>): Record<string, number> {
  if (typeof count === 'object') return count;
  return Object.fromEntries(SERVICE_NAMES.map((name) => [name, count]));
}

async function freePortsInARow(count: number): Promise<number> {
  for (let tries = 0; tries < GATEWAY_TRIES; tries++) {
    const first = await freePort();
    const free = await Promise.all(Array.from({ length: count }, (_, n) => isFree('127.0.0.1', first + n)));
    if (free.every(Boolean)) return first;
  }
  throw new Error(`no ${count} free ports in a row`);
}

/** Ends every fault that lasts, and waits until each process runs and each gateway says that it is ready. */
export async function healStage(stage: Stage): Promise<void> {
  stage.natsProxy.heal();
  stage.postgresProxy.heal();
  stage.model.mood = 'answers';
  for (const pid of Object.values(stage.system.pids())) continueProcess(pid);
  const isReady = await waitUntil(() => allReady(stage), { timeoutMs: healthyWithinMs, everyMs: 200 });
  if (!isReady) throw new Error(`the system did not become ready again in ${healthyWithinMs} ms`);
}

function continueProcess(pid: number): void {
  try {
    process.kill(pid, 'SIGCONT');
  } catch (error) {
    // It ended between the list and the signal.
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

async function allReady({ gateways }: Stage): Promise<boolean> {
  const answers = gateways.map((url) =>
    fetch(`${url}/readyz`, { signal: AbortSignal.timeout(5_000) }).then(
      async (response) => (await response.arrayBuffer(), response.ok),
      () => false,
    ),
  );
  return (await Promise.all(answers)).every(Boolean);
}
