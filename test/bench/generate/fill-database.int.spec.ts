import { Client } from 'pg';
import { shardOf } from '#libs/contracts';
import { withServers, type Servers } from '#test/support/servers';
import { migrate } from '../../../services/event-log/src/adapters/postgres/database';
import { EMPTY_HEAD } from '../../../services/event-log/src/core/chain.core';
import { cursorOf, verifyRows, type StoredRow } from '../../../services/event-log/src/core/verify.core';
import { fillDatabase } from './fill-database';

const SHARDS = 64;
const endsAtMs = Date.UTC(2026, 0, 1);
let servers: Servers;
let client: Client;

beforeAll(async () => {
  servers = await withServers({ nats: false });
  await migrate(servers.postgresUrl, SHARDS);
  client = new Client({ connectionString: servers.postgresUrl });
  await client.connect();
}, 120_000);

afterAll(async () => {
  await client?.end();
  await servers?.stop();
}, 60_000);

it('fills the tables as event-log would have: every row is verified, every mind has its shard', async () => {
  const plans = ['first', 'second'].map((mind, seed) => ({ mind, events: 1_500, seed, endsAtMs }));
  const events = await fillDatabase(plans, {
    postgresUrl: servers.postgresUrl,
    shards: SHARDS,
    tickIntervalMs: 1_000,
  });
  expect(events).toBe(3_000);
  for (const { mind } of plans) {
    const { rows } = await client.query<StoredRow>(
      `SELECT mind, position::float8, id, kind, (extract(epoch FROM at) * 1000)::float8 AS "atMs", body,
        encode(prev_hash, 'hex') AS "prevHash", encode(hash, 'hex') AS hash
      FROM events WHERE mind = $1 ORDER BY position`,
      [mind],
    );
    expect(verifyRows(cursorOf(rows), EMPTY_HEAD)).toMatchObject({ good: 1_500 });
  }
  const minds = await client.query('SELECT id, shard, tick_interval_ms FROM minds ORDER BY id');
  expect(minds.rows).toEqual(
    plans.map(({ mind }) => ({ id: mind, shard: shardOf(mind, SHARDS), tick_interval_ms: 1_000 })),
  );
}, 120_000);
