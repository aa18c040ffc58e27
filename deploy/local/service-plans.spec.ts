import { planServices } from './service-plans';
import { serviceStages } from './service-list';

const surroundings = {
  env: { PATH: '/bin', PMM_POSTGRES_URL: 'postgres://other', PMM_REPLICAS: 'gateway=2', PMM_SHARDS: '8' },
  httpHost: '127.0.0.1',
  httpPort: 7717,
  natsUrl: 'nats://127.0.0.1:20001',
  postgresUrl: 'postgres://pmm:secret@127.0.0.1:20002/pmm',
  dataDir: '/data',
  replicas: { gateway: 2 },
};
const plans = planServices(serviceStages, surroundings, (name) => `/dist/${name}.js`).flat();
const planOf = (name: string) => plans.find((plan) => plan.name === name);

describe('service plans', () => {
  it('start event-log first and the gateway last', () => {
    expect(plans.at(0)?.name).toBe('event-log');
    expect(plans.at(-1)?.name).toBe('gateway');
    expect(planOf('projection')).toMatchObject({ file: '/dist/projection.js', replicas: 1 });
  });

  it('give the database only to event-log', () => {
    expect(planOf('event-log')?.env(0).PMM_POSTGRES_URL).toBe(surroundings.postgresUrl);
    const others = plans.filter(({ name }) => name !== 'event-log').map(({ env }) => env(0).PMM_POSTGRES_URL);
    expect(others).toEqual(others.map(() => undefined));
  });

  it('give each gateway its own port and name, and pass the rest on', () => {
    const gateway = planOf('gateway');
    expect(gateway?.replicas).toBe(2);
    expect(gateway?.env(1)).toEqual({
      PATH: '/bin',
      PMM_SHARDS: '8',
      PMM_INSTANCE: 'gateway-2',
      PMM_DATA_DIR: '/data',
      PMM_NATS_URL: surroundings.natsUrl,
      PMM_HTTP_HOST: '127.0.0.1',
      PMM_HTTP_PORT: '7718',
    });
  });
});
