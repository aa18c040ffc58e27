import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { connect, type NatsConnection } from 'nats';
import { freePort } from '#deploy/local/ports';
import { waitUntil } from '#deploy/local/waiting';
import { TcpProxy } from '#test/chaos/stage/tcp-proxy';
import { withServers, type Servers } from '#test/support/servers';

jest.setTimeout(90_000);

const root = join(__dirname, '..', '..');

/** One service as a process, with what it says to a supervisor and to probes. */
interface Service {
  child: ChildProcess;
  saidReady: boolean;
  health: string;
}

let servers: Servers;
let nats: TcpProxy;
let postgres: TcpProxy;
let watcher: NatsConnection;
let eventLog: Service;
const started: Service[] = [];

beforeAll(async () => {
  const { status } = spawnSync(process.execPath, [join(root, 'deploy', 'local', 'prepare.mjs')]);
  expect(status).toBe(0);
  servers = await withServers();
  nats = await TcpProxy.before(servers.natsUrl);
  postgres = await TcpProxy.before(servers.postgresUrl);
  watcher = await connect({ servers: servers.natsUrl });
  eventLog = await start('event-log');
  await until(() => eventLog.saidReady);
});
afterAll(async () => {
  nats?.heal();
  postgres?.heal();
  await Promise.all(started.map(stop));
  await watcher?.close();
  await nats?.close();
  await postgres?.close();
  await servers?.stop();
});
afterEach(() => {
  nats.heal();
  postgres.heal();
});

async function start(name: string, env: Record<string, string> = {}): Promise<Service> {
  const port = await freePort();
  const child = spawn(process.execPath, [join(root, 'dist', 'services', name, 'src', 'main.js')], {
    env: {
      PATH: process.env.PATH,
      PMM_NATS_URL: nats.through(servers.natsUrl),
      PMM_POSTGRES_URL: postgres.through(servers.postgresUrl),
      PMM_HEALTH_PORT: String(port),
      PMM_LOG_LEVEL: 'silent',
      ...env,
    },
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const service = { child, saidReady: false, health: `http://127.0.0.1:${port}` };
  child.on('message', () => (service.saidReady = true));
  started.push(service);
  return service;
}

async function stop({ child }: Service): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill('SIGKILL');
  await ended;
}

async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  const isMet = await waitUntil(async () => (await condition()) || undefined, { timeoutMs: 40_000 });
  expect(isMet).toBe(true);
}

/** What a probe is told: `ready`, why not, or null while nobody listens. */
async function probe({ health }: Service): Promise<string | null> {
  const answer = await fetch(`${health}/readyz`, { signal: AbortSignal.timeout(3_000) }).catch(() => null);
  if (answer === null) return null;
  const { ok, reason } = (await answer.json()) as { ok: boolean; reason?: string };
  expect([ok, answer.status]).toEqual(ok ? [true, 200] : [false, 503]);
  return reason ?? 'ready';
}

const untilTold = (service: Service, wanted: RegExp) =>
  until(async () => wanted.test((await probe(service)) ?? ''));
const lives = async ({ health }: Service) => (await fetch(`${health}/healthz`)).status;

async function statsOf(service: string) {
  const reply = await watcher.request(`$SRV.STATS.${service}`, '', { timeout: 1_000 });
  return reply.json<{ metadata: { serving: string }; data: { shards: number[] } }>();
}

/** Answers the service protocol for a service that is not there. */
function pretend(name: string, metadata: object): () => void {
  const subscription = watcher.subscribe('$SRV.PING', {
    callback: (_, message) => void message.respond(JSON.stringify({ name, metadata })),
  });
  return () => subscription.unsubscribe();
}

describe('event-log', () => {
  it.each([
    ['is gone', () => (postgres.refusing = true) && postgres.cut(() => true)],
    ['hangs', () => (postgres.delayMs = 4_000)],
  ])('is not ready while PostgreSQL %s, lives on, and keeps its shards', async (_, breakIt) => {
    await untilTold(eventLog, /^ready$/);
    breakIt();
    await untilTold(eventLog, /^the database does not answer$|^no answer in time$/);
    expect(await lives(eventLog)).toBe(200);
    const { metadata, data } = await statsOf('event-log');
    expect([metadata.serving, data.shards.length]).toEqual(['true', 64]);
    postgres.heal();
    await untilTold(eventLog, /^ready$/);
  });
});

describe('a member', () => {
  it('is not ready while it is cut off from NATS', async () => {
    await untilTold(eventLog, /^ready$/);
    nats.refusing = true;
    nats.cut(() => true);
    await untilTold(eventLog, /^NATS: /);
    expect(await lives(eventLog)).toBe(200);
    nats.heal();
    await untilTold(eventLog, /^ready$/);
  });

  it('is not ready while its heartbeats come back too late, and does not say so when it starts like that', async () => {
    await untilTold(eventLog, /^ready$/);
    nats.delayMs = 2_500;
    const late = await start('event-log');
    await untilTold(eventLog, /^joining/);
    await untilTold(late, /^joining/);
    expect(late.saidReady).toBe(false);
    nats.heal();
    await until(() => late.saidReady);
    await untilTold(late, /^ready$/);
    await untilTold(eventLog, /^ready$/);
    await stop(late);
  });
});

describe('the gateway', () => {
  it('says on the port of probes whether each service serves; its supervisor need not wait for them', async () => {
    const gateway = await start('gateway', { PMM_HTTP_PORT: '0' });
    await until(() => gateway.saidReady);
    await untilTold(
      gateway,
      /^no serving member of tick-coordinator, projection, commitment, reflection, conversation$/,
    );
    const others = ['tick-coordinator', 'projection', 'commitment', 'conversation'];
    const leave = others.map((name) => pretend(name, { serving: 'true' }));
    leave.push(pretend('reflection', { serving: 'false' }));
    await untilTold(gateway, /^no serving member of reflection$/);
    const end = pretend('reflection', { serving: 'true' });
    await untilTold(gateway, /^ready$/);
    end();
    await untilTold(gateway, /^no serving member of reflection$/);
    for (const one of leave) one();
    await stop(gateway);
  });
});
