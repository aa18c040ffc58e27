import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CONNECTIONS, MIGRATING_CONNECTIONS } from '../services/event-log/src/adapters/postgres/database';
import { SCHEMAS } from './docs/settings-section';

const root = join(__dirname, '..');
const read = (path: string) => readFileSync(join(root, path), 'utf8');
const compose = read('docker-compose.yml');
const manifest = (name: string) => read(`deploy/kubernetes/${name}.yaml`);

const settingsOf = (service: string) => Object.keys(SCHEMAS[service]?.shape ?? {});
const SERVICES = Object.keys(SCHEMAS);
const KNOWN = new Set(SERVICES.flatMap(settingsOf));

/** Read by Compose itself. */
const OF_COMPOSE = ['PMM_POSTGRES_PASSWORD', 'PMM_REPLICAS_EACH'];
/** With the reason why Compose does not hand it on. */
const NOT_HANDED_ON: Record<string, string> = { PMM_NATS_CREDS: 'its own NATS has no users' };

const find = (text: string, pattern: RegExp): string[] =>
  [...text.matchAll(pattern)].map(([, name = '']) => name);
const keys = (text: string) => find(text, /^\s+(PMM_\w+): /gm);

/** The text of one service in the Compose file. */
function blockOf(service: string): string {
  const [, block] = new RegExp(`^  ${service}:\\n((?:    .*\\n|\\n)+)`, 'm').exec(compose) ?? [];
  if (block === undefined) throw new Error(`docker-compose.yml has no ${service}`);
  return block;
}

/** The names that a service gets from Compose: its own, those of all, and those of a model. */
function composedFor(service: string): string[] {
  const block = blockOf(service);
  const [shared = ''] = compose.split(/^services:$/m);
  const [, model = ''] = /&model \{\n([^]*?)^\s+\},$/m.exec(compose) ?? [];
  const isShared = !/^    environment:/m.test(block) || block.includes('*environment');
  const hasModel = block.includes('*model');
  return [...keys(block), ...(isShared ? keys(shared) : []), ...(hasModel ? keys(model) : [])];
}

describe('docker-compose.yml', () => {
  it.each(SERVICES)('hands every setting on to %s', (service) => {
    const expected = settingsOf(service).filter((name) => !(name in NOT_HANDED_ON));
    expect(composedFor(service)).toEqual(expect.arrayContaining(expected));
  });

  it('names no setting that nobody reads', () => {
    const names = find(compose, /\b(PMM_\w+)/g).filter((name) => !OF_COMPOSE.includes(name));
    expect(names.filter((name) => !KNOWN.has(name))).toEqual([]);
  });

  it('limits the memory of each container', () => {
    const services = find(compose.split(/^services:$/m)[1] ?? '', /^ {2}([a-z-]+):$/gm);
    expect(services.slice(0, 9)).toEqual(expect.arrayContaining(['nats', 'postgres', ...SERVICES]));
    for (const name of ['nats', 'postgres', ...SERVICES])
      expect(blockOf(name)).toMatch(/limits: \{ memory: |<<: \*service/);
  });
});

describe('deploy/kubernetes', () => {
  const shared = keys(manifest('config'));

  it('has each service', () =>
    expect(readdirSync(join(root, 'deploy/kubernetes')).sort()).toEqual(
      [...SERVICES, 'config'].map((name) => `${name}.yaml`).sort(),
    ));

  it.each(SERVICES)('names only settings that %s reads', (service) => {
    const own = find(manifest(service), /name: (PMM_\w+)/g);
    expect(shared.length).toBeGreaterThan(0);
    expect([...shared, ...own].filter((name) => !settingsOf(service).includes(name))).toEqual([]);
  });

  it.each(SERVICES)('never ends %s because it is not ready', (service) => {
    const probes = find(manifest(service), /^\s+(?:startup|liveness)Probe: \{ httpGet: \{ path: (\S+),/gm);
    expect(probes).toEqual(['/healthz', '/healthz']);
    expect(manifest(service)).toMatch(/readinessProbe: \{ httpGet: \{ path: \/readyz,/);
  });

  it.each(SERVICES)('leaves the number of processes of %s to its autoscaler', (service) => {
    expect(manifest(service)).toMatch(/^ {2}minReplicas: 2$/m);
    expect(manifest(service)).not.toMatch(/^ {2}replicas:/m);
  });

  it('lets event-log grow no further than PostgreSQL has connections', () => {
    const number = (text: string, pattern: RegExp) => Number(find(text, pattern)[0]);
    const eventLog = manifest('event-log');
    const starting = number(eventLog, /maxSurge: (\d+)/g);
    // A pod that ends holds its connections while the next one starts; it counts neither as surge nor as replica.
    const ending = starting;
    const processes = number(eventLog, /maxReplicas: (\d+)/g) + starting + ending;
    const each = Object.values(CONNECTIONS).reduce((sum, one) => sum + one, 0);
    const given = number(read('deploy/postgres/postgresql.conf'), /^max_connections = (\d+)/gm);
    const forSuperusers = 3;
    expect(processes * each + MIGRATING_CONNECTIONS).toBeLessThanOrEqual(given - forSuperusers);
  });
});
