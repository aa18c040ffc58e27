import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { startPostgres, type PostgresServer } from '#deploy/local/postgres';
import { withClient } from '#deploy/local/postgres-client';
import { pause, waitUntil } from '#deploy/local/waiting';
import { eventually, httpTo, type Http } from '#test/support/http';
import { startSystem, type System } from '#test/support/system';
import { temporaryDataDir } from '#test/support/servers';

/** Debian's place for the programs of each version. The package that brings our server has no `pg_dump`. */
const INSTALLED = '/usr/lib/postgresql';
const NEEDED = ['initdb', 'postgres', 'pg_dump', 'pg_restore'];
/** Fewer than the ticks that may be asked for in a second. */
const DAYS = 8;
const HOUR_MS = 3_600_000;
/** Services that fold. */
const FOLDING = 4;
const MINDS = ['ada', 'bob', 'eve'];

const folder = programFolder();
/** Newest first. */
function programFolder(): string | undefined {
  if (!existsSync(INSTALLED)) return undefined;
  const versions = readdirSync(INSTALLED).sort((one, other) => Number(other) - Number(one));
  return versions
    .map((version) => join(INSTALLED, version, 'bin'))
    .find((bin) => NEEDED.every((program) => existsSync(join(bin, program))));
}
if (!folder) process.stderr.write(`restore.spec.ts needs ${NEEDED.join(', ')} in ${INSTALLED}: skipped\n`);

const folders: string[] = [];
const servers: PostgresServer[] = [];
let system: System | undefined;

afterAll(async () => {
  await system?.stop();
  await Promise.all(servers.map((server) => server.process.stop()));
  for (const each of folders) rmSync(each, { recursive: true, force: true });
}, 60_000);

/** A new server without anything of ours in it: not even our role. */
async function newServer(): Promise<PostgresServer> {
  const dataDir = temporaryDataDir();
  folders.push(dataDir);
  const bin = folder as string;
  const programs = { initdb: join(bin, 'initdb'), postgres: join(bin, 'postgres') };
  const server = await startPostgres({ dataDir, programs, syncNewCluster: false });
  servers.push(server);
  return server;
}

async function startOn(server: PostgresServer): Promise<Http> {
  system = await startSystem({ env: { PMM_POSTGRES_URL: server.url } });
  return httpTo(system.http);
}

async function stop(): Promise<void> {
  expect(await system?.stop()).toBe(0);
  system = undefined;
}

interface Seen {
  head: { position: number; hash: string };
  services: Record<string, { watermark: number; digest: string }>;
}

/** A mind's head and digests, all of that head. */
async function see(http: Http, mind: string): Promise<Seen> {
  const look = async (): Promise<Seen> => {
    const { head } = (await http.get(`/v1/minds/${mind}`)).body as unknown as Seen;
    const { services } = (await http.get(`/v1/minds/${mind}/digests?minPosition=${head.position}`))
      .body as unknown as Seen;
    return { head, services };
  };
  const isWhole = ({ head, services }: Seen) =>
    Object.values(services).every(({ watermark }) => watermark === head.position);
  return eventually(look, isWhole, 30_000);
}

/** The same, once nothing has followed in a mind for two seconds: what a tick leads to comes a little later. */
async function seeAtRest(http: Http): Promise<Seen[]> {
  const seeAll = () => Promise.all(MINDS.map((mind) => see(http, mind)));
  let last = await seeAll();
  const isAtRest = async () => {
    await pause(2_000);
    const before = last;
    last = await seeAll();
    return last.every(({ head }, index) => head.position === before[index]?.head.position);
  };
  expect(await waitUntil(isAtRest, { timeoutMs: 30_000 })).toBe(true);
  return last;
}

/** Names, turns, commitments kept and open, ticks and what follows from them. */
async function live(http: Http, mind: string): Promise<void> {
  const done = async (path: string, status: number, body?: object) => {
    const answer = await http.post(`/v1/minds${path}`, body);
    expect({ path, status: answer.status }).toEqual({ path, status });
    return answer.body;
  };
  await done('', 201, { id: mind, tickIntervalMs: HOUR_MS });
  await done(`/${mind}/identity`, 200, { name: 'Nova' });
  for (let n = 0; n < DAYS; n++) {
    await done(`/${mind}/turns`, 200, { text: `This is day ${n}. Remember the backup.` });
    await done(`/${mind}/commitments`, 201, { text: `restore day ${n}` });
    await done(`/${mind}/ticks`, 202);
  }
}

function dumpAndRestore(from: PostgresServer, to: PostgresServer): void {
  const file = join(folders[0] as string, 'pmm.dump');
  const plain = ['--no-owner', '--no-privileges'];
  execFileSync(join(folder as string, 'pg_dump'), ['--format=custom', ...plain, `--file=${file}`, from.url]);
  const strict = [...plain, '--exit-on-error', `--dbname=${to.url}`, file];
  execFileSync(join(folder as string, 'pg_restore'), strict);
}

(folder ? it : it.skip)(
  'a dump of the running system, restored into an empty server with an empty NATS, is the same minds',
  async () => {
    const [first, second] = [await newServer(), await newServer()];
    let http = await startOn(first);
    for (const mind of MINDS) await live(http, mind);
    const before = await seeAtRest(http);
    for (const { services } of before) expect(Object.keys(services)).toHaveLength(FOLDING);
    dumpAndRestore(first, second);
    await stop();

    http = await startOn(second);
    expect(await Promise.all(MINDS.map((mind) => see(http, mind)))).toEqual(before);
    for (const [index, mind] of MINDS.entries()) {
      const { position, hash } = (before[index] as Seen).head;
      const receipt = await http.get(`/v1/minds/${mind}/verify?position=${position}&hash=${hash}`);
      expect(receipt.body).toMatchObject({ matches: true });
      expect((await http.get(`/v1/minds/${mind}/verify`)).body).toMatchObject({ ok: true, events: position });
      expect((await http.post(`/v1/minds/${mind}/ticks`)).status).toBe(202);
    }
    const deletion = withClient(second.url, (client) => client.query('DELETE FROM events'));
    await expect(deletion).rejects.toThrow(/append-only/);
    await stop();
  },
  180_000,
);
