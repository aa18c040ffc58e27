import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { cpus, loadavg, release, totalmem, type } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { connect } from 'nats';
import type { Rig } from '../rig/rig';
import { SHARDS } from '../rig/rig';

const SETTINGS = [
  'fsync',
  'synchronous_commit',
  'full_page_writes',
  'shared_buffers',
  'max_wal_size',
  'wal_compression',
];
const root = join(__dirname, '..', '..', '..', '..');

export interface Machine {
  cpu: string;
  cores: number;
  memoryGib: number;
  system: string;
  /** Of the last minute before the run: well under the number of cores on a machine of its own. */
  loadBefore: number;
  versions: Record<string, string>;
  postgres: Record<string, string>;
  shards: number;
}

/** What the figures were measured on. */
export async function describeMachine(rig: Rig): Promise<Machine> {
  const loadBefore = loadavg()[0] ?? NaN;
  const { version, settings } = await askPostgres(rig.postgresUrl);
  const nats = await connect({ servers: rig.servers.natsUrl });
  const natsVersion = nats.info?.version ?? 'unknown';
  await nats.close();
  return {
    cpu: cpus()[0]?.model.trim() ?? 'unknown',
    cores: cpus().length,
    memoryGib: Math.round(totalmem() / 2 ** 30),
    system: `${type()} ${release()}`,
    loadBefore,
    versions: {
      node: process.versions.node,
      postgresql: version,
      'nats-server': natsVersion,
      pg: versionOf('pg'),
      nats: versionOf('nats'),
      'emmett-postgresql': versionOf('@event-driven-io/emmett-postgresql'),
      commit: commit(),
    },
    postgres: settings,
    shards: SHARDS,
  };
}

async function askPostgres(url: string) {
  const client = new Client({ connectionString: url });
  await client.connect();
  const query = 'SELECT name, current_setting(name) AS setting FROM pg_settings WHERE name = ANY($1)';
  const { rows } = await client.query<{ name: string; setting: string }>(query, [
    [...SETTINGS, 'server_version'],
  ]);
  await client.end();
  const { server_version: version = 'unknown', ...settings } = Object.fromEntries(
    rows.map(({ name, setting }) => [name, setting]),
  );
  return { version, settings };
}

const versionOf = (name: string): string =>
  (JSON.parse(readFileSync(join(root, 'node_modules', name, 'package.json'), 'utf8')) as { version: string })
    .version;

/** The commit of this checkout; `unknown` where there is none, as in an archive. */
function commit(): string {
  try {
    return execFileSync('git', ['describe', '--always', '--dirty'], { cwd: root, stdio: 'pipe' })
      .toString()
      .trim();
  } catch (error) {
    return error instanceof Error ? 'unknown' : String(error);
  }
}
