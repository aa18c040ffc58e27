import { spawn } from 'node:child_process';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { connect } from 'nats';
import { postgresAccount } from '#deploy/local/account';
import { answers } from '#deploy/local/ports';
import { withClient } from '#deploy/local/postgres-client';
import { temporaryDataDir, withServers, type Servers } from '#test/support/servers';

jest.setTimeout(120_000);

const portOf = (url: string) => Number(new URL(url).port);

async function setting(url: string, name: string): Promise<string> {
  const { rows } = await withClient(url, (client) =>
    client.query<{ value: string }>('SELECT current_setting($1) AS value', [name]),
  );
  return rows[0]?.value ?? '';
}

async function put(natsUrl: string, text: string): Promise<void> {
  const nc = await connect({ servers: natsUrl });
  const jsm = await nc.jetstreamManager();
  await jsm.streams.add({ name: 'KEPT', subjects: ['kept'] });
  await nc.jetstream().publish('kept', text);
  await nc.close();
}

async function streamNames(natsUrl: string): Promise<string[]> {
  const nc = await connect({ servers: natsUrl });
  const jsm = await nc.jetstreamManager();
  const names = await jsm.streams.names().next();
  await nc.close();
  return names;
}

describe('real servers', () => {
  let servers: Servers;
  beforeAll(async () => {
    servers = await withServers();
  });
  afterAll(() => servers?.stop());

  it('runs a PostgreSQL that keeps what it commits and speaks UTF-8 in the C locale', async () => {
    const url = servers.postgresUrl;
    expect(await setting(url, 'fsync')).toBe('on');
    expect(await setting(url, 'synchronous_commit')).toBe('on');
    expect(await setting(url, 'server_encoding')).toBe('UTF8');
    expect(await setting(url, 'listen_addresses')).toBe('127.0.0.1');
    const { rows } = await withClient(url, (client) =>
      client.query("SELECT 'b' > 'B' AS by_bytes, datcollate FROM pg_database WHERE datname = 'pmm'"),
    );
    expect(rows).toEqual([{ by_bytes: true, datcollate: 'C' }]);
  });

  it('lets nobody in without the password', async () => {
    const url = new URL(servers.postgresUrl);
    url.password = 'guess';
    await expect(withClient(url.href, (client) => client.query('SELECT 1'))).rejects.toThrow(
      /password authentication failed/,
    );
  });

  it('gives each suite a database of its own', async () => {
    const one = await servers.createDatabase('one');
    const two = await servers.createDatabase('two');
    await withClient(one, (client) => client.query('CREATE TABLE t (n int)'));
    await expect(withClient(two, (client) => client.query('SELECT * FROM t'))).rejects.toThrow(
      /does not exist/,
    );
  });

  it('runs a NATS with JetStream and room for 1 MiB', async () => {
    const nc = await connect({ servers: servers.natsUrl });
    expect(nc.info?.max_payload).toBeGreaterThanOrEqual(1024 * 1024);
    const jsm = await nc.jetstreamManager();
    const { config } = await jsm.streams.add({ name: 'BIG', subjects: ['big'], max_bytes: 1024 ** 3 });
    expect(config.storage).toBe('file');
    await jsm.streams.delete('BIG');
    await nc.close();
  });

  it('brings both back on the same ports', async () => {
    await withClient(servers.postgresUrl, (client) =>
      client.query('CREATE TABLE IF NOT EXISTS kept (n int)'),
    );
    await servers.restartPostgres('SIGKILL');
    await withClient(servers.postgresUrl, (client) => client.query('SELECT * FROM kept'));
    await put(servers.natsUrl, 'one');
    await servers.restartNats();
    expect(await streamNames(servers.natsUrl)).toContain('KEPT');
    await servers.restartNats({ wipe: true });
    expect(await streamNames(servers.natsUrl)).toEqual([]);
  });
});

describe('a data folder', () => {
  let dataDir: string;
  beforeEach(() => {
    dataDir = temporaryDataDir();
  });
  afterEach(() => rmSync(dataDir, { recursive: true, force: true }));

  it('is used again by the next start, which finds the data; a stop closes the ports', async () => {
    const first = await withServers({ dataDir });
    const ports = [portOf(first.postgresUrl), portOf(first.natsUrl)];
    await withClient(first.postgresUrl, (client) => client.query('CREATE TABLE kept AS SELECT 42 AS n'));
    await put(first.natsUrl, 'one');
    await first.stop();
    for (const port of ports) expect(await answers('127.0.0.1', port, 500)).toBe(false);

    const second = await withServers({ dataDir });
    const { rows } = await withClient(second.postgresUrl, (client) => client.query('SELECT n FROM kept'));
    expect(rows).toEqual([{ n: 42 }]);
    expect(await streamNames(second.natsUrl)).toEqual(['KEPT']);
    await second.stop();
  });

  it('opens although a stranger has the process number of a killed server', async () => {
    const first = await withServers({ dataDir, nats: false });
    await first.stop();
    // PostgreSQL looks only whether it could signal the process: so a stranger of its own user.
    const stranger = spawn('sleep', ['60'], { ...postgresAccount(), stdio: 'ignore' });
    const stale = [stranger.pid, join(dataDir, 'postgres'), 0, 5432, '', '127.0.0.1', '0 0', 'ready'].join(
      '\n',
    );
    writeFileSync(join(dataDir, 'postgres', 'postmaster.pid'), `${stale}\n`);
    const second = await withServers({ dataDir, nats: false });
    expect(await setting(second.postgresUrl, 'fsync')).toBe('on');
    expect(stranger.exitCode ?? stranger.signalCode).toBeNull();
    stranger.kill();
    await second.stop();
  });
});
