import { randomUUID } from 'node:crypto';
import { Client } from 'pg';
import { goldenText } from '../../../test/ledgers';
import { withServers, type Servers } from '#test/support/servers';
import { append, asOwner, note, openRig, type Rig } from '../../../test/rig';
import { Database, migrate } from './database';
import { MindRow } from './entities';
import { PostgresMindStore } from './postgres-mind.store';
import { APP_ROLE } from './role';

jest.setTimeout(60_000);

let servers: Servers;
let log: Rig;

beforeAll(async () => {
  servers = await withServers({ nats: false });
  log = await openRig(servers.postgresUrl);
  await log.minds.create({ mind: 'kept' });
  await append(log, 'kept', [note('one'), note('two')]);
});
afterAll(async () => {
  await log?.close();
  await servers?.stop();
});

/** Why the database refuses a statement; `done` when it doesn't. What it did is undone. */
async function attempt(statement: string, role?: string): Promise<string> {
  return asOwner(servers.postgresUrl, async (client: Client) => {
    if (role) await client.query(`SET ROLE ${role}`);
    await client.query('BEGIN');
    const outcome = await client.query(statement).then(
      () => 'done',
      (error: Error) => error.message,
    );
    await client.query('ROLLBACK');
    return outcome;
  });
}

/** Until so many statements wait for a row. */
async function untilWaiting(count: number): Promise<void> {
  await asOwner(servers.postgresUrl, async (client) => {
    for (let round = 0; round < 200; round++) {
      const { rowCount } = await client.query(
        `SELECT FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()`,
      );
      if (rowCount === count) return;
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    throw new Error(`there were never ${count} that waited`);
  });
}

/** Serves as a role that may create roles, owns its database, and got `grants` from the superuser. */
async function expectPlainRoleServes(on: Servers, ...grants: string[]): Promise<void> {
  const url = new URL(await on.createDatabase('plain'));
  await asOwner(url.href, async (client) => {
    await client.query(`CREATE ROLE plain LOGIN CREATEROLE PASSWORD 'plain'`);
    for (const grant of grants) await client.query(grant);
    await client.query('ALTER DATABASE plain OWNER TO plain');
  });
  [url.username, url.password] = ['plain', 'plain'];
  const plain = await openRig(url.href);
  await plain.minds.create({ mind: 'm' });
  await expect(append(plain, 'm', [note('one')])).resolves.toMatchObject({ from: 1 });
  await plain.close();
}

const PARTITIONS = Array.from({ length: 8 }, (_, part) => `events_${part}`);

describe('stored events', () => {
  it.each([
    'UPDATE events SET kind = kind',
    `UPDATE events SET body = 'x' WHERE position = 1`,
    'DELETE FROM events',
    'TRUNCATE events',
    'TRUNCATE minds, events',
  ])('can’t be changed by their owner: %s', async (statement) => {
    expect(await attempt(statement)).toMatch(/events are append-only: (UPDATE|DELETE|TRUNCATE) is refused/);
  });

  it('can’t be changed by their owner through a partition', async () => {
    for (const partition of PARTITIONS) {
      expect(await attempt(`TRUNCATE ${partition}`)).toMatch('append-only: TRUNCATE is refused');
      const rows = await asOwner(servers.postgresUrl, (client) => client.query(`SELECT FROM ${partition}`));
      if (rows.rowCount === 0) continue;
      expect(await attempt(`UPDATE ${partition} SET kind = kind`)).toMatch('append-only: UPDATE is refused');
      expect(await attempt(`DELETE FROM ${partition}`)).toMatch('append-only: DELETE is refused');
    }
  });

  it.each([
    'UPDATE events SET kind = kind',
    'DELETE FROM events',
    'TRUNCATE events',
    ...PARTITIONS.map((partition) => `TRUNCATE ${partition}`),
    `DELETE FROM ${PARTITIONS[0]}`,
    'ALTER TABLE events DISABLE TRIGGER ALL',
    'ALTER TABLE events_1 DISABLE TRIGGER ALL',
    'DROP TABLE events',
    'CREATE TABLE other (id int)',
    'DELETE FROM minds',
    `UPDATE minds SET created_at = now()`,
    `UPDATE settings SET value = '1'`,
    'DELETE FROM settings',
    'TRUNCATE minds',
  ])('are out of reach of the role of every connection: %s', async (statement) => {
    expect(await attempt(statement, APP_ROLE)).toMatch(/permission denied|must be owner/);
  });

  it('are read and written by that role and no other', async () => {
    const database = await Database.open({ url: servers.postgresUrl, onIdleError: () => undefined });
    const settings = `SELECT current_user AS who, current_setting('synchronous_commit') AS sync`;
    for (const pool of [database.appends, database.imports, database.reads]) {
      const rows = await Promise.all(
        [1, 2, 3].map(() => pool.query<{ who: string; sync: string }>(settings)),
      );
      expect(rows.flatMap(({ rows: [row] }) => row)).toEqual(rows.map(() => ({ who: APP_ROLE, sync: 'on' })));
    }
    const lockTimeout = await database.appends.query<{ lock_timeout: string }>('SHOW lock_timeout');
    expect(lockTimeout.rows[0]?.lock_timeout).toBe('1s');
    await database.close();
  });
});

describe('the database itself', () => {
  const insert = (position: number, id: string, prevHash: string) =>
    `INSERT INTO events (mind, position, id, kind, at, prev_hash, hash, body) VALUES
      ('kept', ${position}, '${id}', 'x.note', now(), ${prevHash}, decode(repeat('ab', 32), 'hex'), '{}')`;
  const fresh = '00000000-0000-4000-8000-000000000001';
  const known = (what: string, position: number) =>
    `(SELECT ${what} FROM events WHERE mind = 'kept' AND position = ${position})`;

  it('refuses a position, an id, a link and a beginning that exist', async () => {
    const link = `decode(repeat('cd', 32), 'hex')`;
    expect(await attempt(insert(2, fresh, link))).toMatch('unique');
    expect(await attempt(insert(3, fresh, known('hash', 1)))).toMatch('unique');
    expect(await attempt(insert(1, fresh, 'NULL'))).toMatch('unique');
    expect(await attempt(insert(3, fresh, 'NULL'))).toMatch('events_first');
    expect(await attempt(insert(0, fresh, link))).toMatch('check constraint');
    expect(await attempt(insert(3, fresh, `'\\xab'`))).toMatch('check constraint');
    expect(await attempt(insert(3, fresh, known('hash', 2)))).toBe('done');
    const sameId = insert(3, fresh, known('hash', 2)).replace(`'${fresh}'`, known('id', 1));
    expect(await attempt(sameId)).toMatch('unique');
  });
});

describe('migration', () => {
  it('is done once however many start at the same time, and again without harm', async () => {
    const url = await servers.createDatabase('many');
    await Promise.all([1, 2, 3, 4].map(() => migrate(url, 64)));
    await migrate(url, 64);
    const applied = await asOwner(url, (client) =>
      client.query<{ name: string }>('SELECT name FROM pmm_migrations ORDER BY id'),
    );
    expect(applied.rows.map(({ name }) => name)).toEqual([
      'CreateLog1700000000000',
      'ArchiveRequests1700000001000',
    ]);
  });

  it('of an older database keeps its minds, and lets nobody wait behind it while somebody holds their table', async () => {
    const url = await servers.createDatabase('older');
    await migrate(url, 64);
    const holder = new Client({ connectionString: url });
    await holder.connect();
    await holder.query(`DROP INDEX minds_archived; ALTER TABLE minds DROP COLUMN archive_requests;
      DELETE FROM pmm_migrations WHERE name LIKE 'ArchiveRequests%';
      INSERT INTO minds (id, shard, created_at) VALUES ('ada', 1, now())`);
    await holder.query('BEGIN');
    await holder.query('SELECT FROM minds');
    const migrated = migrate(url, 64);
    const waits: number[] = [];
    await asOwner(url, async (client) => {
      for (
        const end = Date.now() + 6_000;
        Date.now() < end;
        await new Promise((next) => setTimeout(next, 50))
      ) {
        const started = Date.now();
        await client.query('SELECT FROM minds');
        waits.push(Date.now() - started);
      }
    });
    await holder.query('COMMIT');
    await holder.end();
    await migrated;
    // It does try: some waited as long as it waits itself.
    expect(Math.max(...waits)).toBeGreaterThan(500);
    expect(Math.max(...waits)).toBeLessThan(3_000);
    const { rows } = await asOwner(url, (client) => client.query('SELECT id, archive_requests FROM minds'));
    expect(rows).toEqual([{ id: 'ada', archive_requests: [] }]);
  });

  it('refuses another number of shards than at the first start', async () => {
    const url = await servers.createDatabase('sharded');
    await migrate(url, 64);
    await expect(migrate(url, 32)).rejects.toMatchObject({
      message: 'PMM_SHARDS is 32, but this database was first started with 64; set it to 64',
    });
  });

  it('makes its role on a server of which it is no superuser', async () => {
    const untouched = await withServers({ nats: false });
    try {
      await expectPlainRoleServes(untouched);
    } finally {
      await untouched.stop();
    }
  });

  it('works for a role that is no superuser and was granted its role', async () => {
    await expectPlainRoleServes(servers, `GRANT ${APP_ROLE} TO plain WITH ADMIN OPTION`);
  });

  it('says where it looked when there is no database', async () => {
    await expect(migrate('postgres://me:secret@127.0.0.1:1/none', 64)).rejects.toMatchObject({
      code: 'unavailable',
      message: expect.stringMatching(
        /^PostgreSQL can't be used at postgres:\/\/…@127\.0\.0\.1:1\/none .*PMM_POSTGRES_URL$/,
      ),
    });
  });
});

describe('archiving', () => {
  const archive = (key: string) => log.minds.archive({ mind: 'kept', archived: true, key });
  const unarchive = (key: string) => log.minds.archive({ mind: 'kept', archived: false, key });
  afterEach(() => unarchive(randomUUID()));

  it('a request that comes again after its opposite changes nothing', async () => {
    const { archivedAt } = await archive('k');
    expect(archivedAt).not.toBeNull();
    expect(await archive('another')).toMatchObject({ archivedAt });
    await unarchive('k');
    expect(await archive('k')).toMatchObject({ archivedAt: null });
    await expect(append(log, 'kept', [note('three')])).resolves.toMatchObject({ from: 3 });
    await archive('k2');
    expect(await unarchive('k')).toMatchObject({ archivedAt: expect.any(String) });
  });

  it('a request without a key is one of its own', async () => {
    for (const archived of [true, false, true]) {
      const { archivedAt } = await log.minds.archive({ mind: 'kept', archived });
      expect(archivedAt !== null).toBe(archived);
    }
  });

  it('two copies that wait for the row change it once', async () => {
    const copies = await asOwner(servers.postgresUrl, async (client) => {
      await client.query('BEGIN');
      await client.query(`UPDATE minds SET imported_to = imported_to WHERE id = 'kept'`);
      const waiting = Promise.all([archive('twice'), archive('twice')]);
      await untilWaiting(2);
      await client.query('COMMIT');
      return waiting;
    });
    expect(copies[0]).toEqual(copies[1]);
    const { rows } = await asOwner(servers.postgresUrl, (client) =>
      client.query<{ requests: string[] }>(
        `SELECT archive_requests AS requests FROM minds WHERE id = 'kept'`,
      ),
    );
    const requests = rows[0]?.requests ?? [];
    expect(new Set(requests).size).toBe(requests.length);
  });

  it('is busy while an import holds the mind, which goes on', async () => {
    await log.minds.create({ mind: 'filled' });
    const text = goldenText('ledger-6.jsonl');
    const chunk = { mind: 'filled', session: randomUUID() };
    await log.imports.take({ ...chunk, seq: 0, text: text.slice(0, 50_000) });
    const archived = log.minds.archive({ mind: 'filled', archived: true });
    await expect(archived).rejects.toMatchObject({ code: 'busy', retryable: true });
    const rest = { ...chunk, seq: 1, text: text.slice(50_000), last: true };
    await expect(log.imports.take(rest)).resolves.toMatchObject({ done: true });
    expect(await log.minds.get('filled')).toMatchObject({ archivedAt: null });
  });

  it.each([
    [31, 'is remembered'],
    [32, 'is forgotten'],
  ])('after %i others a request %s', async (others) => {
    await archive(`old-${others}`);
    for (let n = 0; n < others; n++) await unarchive(`of-${others}-${n}`);
    const { archivedAt } = await archive(`old-${others}`);
    expect(archivedAt !== null).toBe(others > 31);
  });
});

describe('the newest events of a log', () => {
  let database: Database;
  beforeAll(async () => {
    database = await Database.open({ url: servers.postgresUrl, onIdleError: () => undefined });
  });
  afterAll(() => database?.close());

  it('begin after the last one that is too old, and not before the last so many', async () => {
    const minds = new PostgresMindStore(
      database.source.getRepository(MindRow),
      database.reads,
      database.appends,
    );
    await log.minds.create({ mind: 'long' });
    await append(
      log,
      'long',
      Array.from({ length: 40 }, (_, n) => note(`n${n}`)),
    );
    const heads = [{ mind: 'long', position: 40, atMs: Date.now() }];
    const first = async (ms: number, most: number) => (await minds.newestSpans(heads, { ms, most }))[0];
    expect(await first(60_000, 1_000)).toEqual({ mind: 'long', from: 1, to: 40 });
    expect(await first(60_000, 10)).toEqual({ mind: 'long', from: 31, to: 40 });
    expect(await first(-60_000, 1_000)).toEqual({ mind: 'long', from: 40, to: 40 });
  });
});
