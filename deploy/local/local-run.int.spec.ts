import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { once } from 'node:events';
import { join } from 'node:path';
import { identityOf } from './process-identity';
import { answers } from './ports';
import { withClient } from './postgres-client';
import { waitUntil } from './waiting';
import { temporaryDataDir } from '#test/support/servers';
import { startSystem, type System, type SystemOptions } from '#test/support/system';

jest.setTimeout(120_000);

const program = [join(__dirname, '..', '..', 'test', 'support', 'fakes', 'system.mjs')];
const portOf = (url: string) => Number(new URL(url).port);
const isGone = (pid: number) => identityOf(pid) === undefined;
const messageOf = (promise: Promise<unknown>) =>
  promise.then(
    () => 'started',
    (error: Error) => error.message,
  );

let dataDir: string;
const journalFile = () => join(dataDir, 'journal');
const journal = () =>
  existsSync(journalFile()) ? readFileSync(journalFile(), 'utf8').trimEnd().split('\n') : [];
const noted = (what: string) =>
  journal().flatMap((line) => (line.startsWith(`${what} `) ? [line.split(' ')[1]] : []));

function start(options: SystemOptions = {}): Promise<System> {
  return startSystem({ dataDir, program, ...options, env: { FAKE_JOURNAL: journalFile(), ...options.env } });
}

// One folder for all: only the first start has to make a database.
beforeAll(() => {
  dataDir = temporaryDataDir();
});
beforeEach(() => rmSync(journalFile(), { force: true }));
afterAll(() => rmSync(dataDir, { recursive: true, force: true }));

describe('the local run', () => {
  it('starts event-log before the others, with their replicas, and stops them from the gateway to event-log', async () => {
    const system = await start({ replicas: { projection: 2 } });
    const names = Object.keys(system.pids());
    expect(names.slice(0, 3)).toEqual(['postgres', 'nats', 'event-log']);
    expect(names.slice(3).sort()).toEqual([
      'commitment',
      'conversation',
      'gateway',
      'projection',
      'projection-2',
      'reflection',
      'tick-coordinator',
    ]);
    const steps = journal().map((line) => line.split(' ').slice(0, 2).join(' '));
    expect(steps.slice(0, 2)).toEqual(['start event-log', 'ready event-log']);
    const pids = Object.values(system.pids());
    expect(await system.stop()).toBe(0);

    const ended = noted('term');
    expect(ended.slice(0, 2)).toEqual(['gateway', 'conversation']);
    expect(ended.slice(2, 6).sort()).toEqual(['commitment', 'projection', 'projection-2', 'reflection']);
    expect(ended.slice(6)).toEqual(['tick-coordinator', 'event-log']);
    expect(system.lines.slice(-3)).toEqual([
      { process: { name: 'nats', state: 'stopped' } },
      { process: { name: 'postgres', state: 'stopped' } },
      { step: 'stopped', text: 'stopped' },
    ]);
    expect(pids.filter((pid) => !isGone(pid))).toEqual([]);
    expect(existsSync(join(dataDir, 'supervisor.lock'))).toBe(false);
  });

  it('starts a service again that dies, later each time', async () => {
    const system = await start();
    const first = system.kill('projection');
    const second = await system.restartOf('projection');
    system.kill('projection');
    const third = await system.restartOf('projection');
    expect(new Set([first, second, third]).size).toBe(3);
    const ends = system.lines.filter((line) => 'process' in line && JSON.stringify(line).includes('"ended"'));
    expect(ends).toMatchObject([
      { process: { name: 'projection', pid: first, reason: 'was ended by SIGKILL', restartInMs: 200 } },
      { process: { name: 'projection', pid: second, restartInMs: 400 } },
    ]);
    expect(await system.stop()).toBe(0);
  });

  it('starts PostgreSQL and NATS again on the same ports, also without the store of NATS', async () => {
    const system = await start();
    system.kill('postgres');
    await system.restartOf('postgres');
    await withClient(system.postgresUrl, (client) => client.query('SELECT 1'));
    await system.wipeNatsStore();
    expect(await answers('127.0.0.1', portOf(system.nats), 500)).toBe(true);
    await system.stop();
  });

  it('leaves no service behind when the supervisor is killed, and the next start clears the servers away', async () => {
    const system = await start();
    await withClient(system.postgresUrl, (client) => client.query('CREATE TABLE kept AS SELECT 42 AS n'));
    const { postgres, nats, ...services } = system.pids();
    const servers = [postgres ?? 0, nats ?? 0];
    await system.stop('SIGKILL');
    expect(await waitUntil(() => Object.values(services).every(isGone), { timeoutMs: 5_000 })).toBe(true);
    expect(servers.filter(isGone)).toEqual([]);

    const next = await start();
    expect(servers.filter(isGone)).toEqual(servers);
    expect([next.nats, next.postgresUrl]).toEqual([system.nats, system.postgresUrl]);
    const { rows } = await withClient(next.postgresUrl, (client) => client.query('SELECT n FROM kept'));
    expect(rows).toEqual([{ n: 42 }]);
    await next.stop();
  });

  it('ends a service that hung when its supervisor was killed', async () => {
    const system = await start();
    const hung = system.kill('reflection', 1, 'SIGSTOP');
    await system.stop('SIGKILL');
    expect(isGone(hung)).toBe(false);
    const next = await start();
    expect(isGone(hung)).toBe(true);
    await next.stop();
  });

  it('goes on when the list of its processes can not be written', async () => {
    const system = await start();
    const list = join(dataDir, 'processes.json');
    rmSync(list);
    // Stands where the list is to go, as a full disk would.
    mkdirSync(list);
    system.kill('projection');
    await system.restartOf('projection');
    rmSync(list, { recursive: true });
    expect(await system.stop()).toBe(0);
  });

  it('kills at once at the second signal, what hears none at all', async () => {
    const system = await start({ env: { FAKE_FAULT: 'gateway:deaf' } });
    const pids = Object.values(system.pids());
    process.kill(system.supervisorPid, 'SIGINT');
    await waitUntil(() => noted('term').includes('gateway'), { timeoutMs: 5_000 });
    await new Promise((resolve) => setTimeout(resolve, 600));
    expect(await system.stop('SIGINT')).toBe(130);
    expect(await waitUntil(() => pids.every(isGone), { timeoutMs: 5_000 })).toBe(true);
  });

  it('stops in the middle of a start', async () => {
    const fresh = temporaryDataDir();
    const env = { ...process.env, PMM_DATA_DIR: fresh, PMM_HTTP_PORT: '0', FAKE_JOURNAL: journalFile() };
    const child = spawn(process.execPath, [...program, '--json'], { env, stdio: 'ignore' });
    const ended = once(child, 'exit');
    // While the database is being made.
    await waitUntil(() => existsSync(join(fresh, 'postgres.new')), { timeoutMs: 10_000, everyMs: 2 });
    child.kill('SIGTERM');
    expect(await ended).toEqual([0, null]);
    expect(existsSync(join(fresh, 'postgres.new'))).toBe(false);
    expect(existsSync(join(fresh, 'supervisor.lock'))).toBe(false);
    expect(noted('start')).toEqual([]);
    const system = await start({ dataDir: fresh });
    await system.stop();
    rmSync(fresh, { recursive: true });
  });
});

describe('a start that can not succeed says so in one sentence', () => {
  it('when the data folder is in use', async () => {
    const system = await start();
    expect(await messageOf(start())).toContain(
      `{"error":"Persistent Mind already runs on ${dataDir} (process ${system.supervisorPid}): stop it first`,
    );
    // What the first one left for its successor is its own.
    expect(existsSync(join(dataDir, 'processes.json'))).toBe(true);
    await system.stop();
    expect(existsSync(join(dataDir, 'processes.json'))).toBe(false);
  });

  it('when the port is taken', async () => {
    const stranger = createServer().listen(0, '127.0.0.1');
    await once(stranger, 'listening');
    const address = stranger.address();
    const port = typeof address === 'object' && address ? String(address.port) : '';
    const message = await messageOf(start({ env: { PMM_HTTP_PORT: port } }));
    stranger.close();
    expect(message).toContain(
      `{"error":"Port ${port} of 127.0.0.1 is taken: end the program that listens there, or set PMM_HTTP_PORT to a free port."}`,
    );
  });

  it('when a given server does not answer', async () => {
    expect(
      await messageOf(start({ env: { PMM_POSTGRES_URL: 'postgres://a:secret@127.0.0.1:1/b' } })),
    ).toMatch(
      /\{"error":"PMM_POSTGRES_URL can't be used \(connect ECONNREFUSED 127.0.0.1:1\): start the server, correct the URL, or unset it\."\}/,
    );
    expect(await messageOf(start({ env: { PMM_NATS_URL: 'nats://127.0.0.1:1' } }))).toContain(
      '{"error":"No NATS server answers at PMM_NATS_URL: start it, correct the URL, or unset it."}',
    );
  });

  it('when a service refuses its settings, at the first try, with the words of the service', async () => {
    const message = await messageOf(start({ env: { FAKE_FAULT: 'projection:exit-2' } }));
    expect(message).toContain(
      `{"error":"projection can't start: PMM_SHARDS: is no number; correct it or unset it."}`,
    );
    expect(noted('start').filter((name) => name === 'projection')).toHaveLength(1);
  });

  it('when a service ends again and again, after three tries', async () => {
    const message = await messageOf(start({ env: { FAKE_FAULT: 'gateway:exit-1' } }));
    expect(message).toContain('"error":"gateway ended with exit code 1 before it was ready');
    expect(noted('start').filter((name) => name === 'gateway')).toHaveLength(3);
    expect(noted('term')).toContain('event-log');
  });
});
