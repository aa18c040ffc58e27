import { readSettings } from './settings';

const read = (env: NodeJS.ProcessEnv) => readSettings(env, '/project');

describe('local settings', () => {
  it('have defaults', () => {
    expect(read({})).toEqual({
      httpHost: '127.0.0.1',
      httpPort: 7717,
      natsUrl: undefined,
      postgresUrl: undefined,
      dataDir: '/project/.data',
      replicas: {},
    });
  });

  it('take an empty value for an absent one', () => {
    expect(read({ PMM_NATS_URL: '', PMM_HTTP_PORT: '', PMM_DATA_DIR: '' })).toEqual(read({}));
  });

  it('read each value', () => {
    const env = {
      PMM_HTTP_HOST: '::1',
      PMM_HTTP_PORT: '0',
      PMM_NATS_URL: 'nats://127.0.0.1:4222',
      PMM_POSTGRES_URL: 'postgres://a:b@127.0.0.1:5432/c',
      PMM_DATA_DIR: '/elsewhere',
      PMM_REPLICAS: 'event-log=2, projection=3',
    };
    expect(read(env)).toEqual({
      httpHost: '::1',
      httpPort: 0,
      natsUrl: 'nats://127.0.0.1:4222',
      postgresUrl: 'postgres://a:b@127.0.0.1:5432/c',
      dataDir: '/elsewhere',
      replicas: { 'event-log': 2, projection: 3 },
    });
  });

  it.each([
    [
      { PMM_HTTP_PORT: '70000' },
      /^PMM_HTTP_PORT is no port: it must be a number from 0 to 65535: correct it or unset it\.$/,
    ],
    [{ PMM_HTTP_PORT: 'abc' }, /^PMM_HTTP_PORT /],
    [{ PMM_NATS_URL: 'localhost:4222' }, /^PMM_NATS_URL is no URL that begins with nats:\/\/ or tls:\/\//],
    [{ PMM_POSTGRES_URL: 'mysql://a' }, /^PMM_POSTGRES_URL is no URL that begins with postgres:\/\//],
    [{ PMM_REPLICAS: 'event-log=0' }, /^PMM_REPLICAS has "event-log=0"/],
    [{ PMM_REPLICAS: 'event-log' }, /^PMM_REPLICAS has "event-log"/],
    [{ PMM_REPLICAS: 'nobody=2' }, /^PMM_REPLICAS names "nobody", but the services are event-log, /],
  ])('refuse %j in one sentence', (env, sentence) => {
    expect(() => read(env)).toThrow(sentence);
  });
});
