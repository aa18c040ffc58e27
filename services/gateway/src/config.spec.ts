import { readSettings } from '#libs/service';
import { gatewaySettings } from './config';

const read = (environment: Record<string, string>) => readSettings(gatewaySettings, environment);

it('listens on loopback without anything being set', () => {
  expect(read({})).toMatchObject({
    PMM_HTTP_HOST: '127.0.0.1',
    PMM_HTTP_PORT: 7717,
    PMM_HTTP_ALLOWED_HOSTS: [],
  });
});

it('does not listen for other machines without a token', () => {
  expect(() => read({ PMM_HTTP_HOST: '0.0.0.0' })).toThrow(/^PMM_HTTP_HOST: .*PMM_API_TOKEN/);
  expect(() => read({ PMM_HTTP_HOST: '0.0.0.0', PMM_API_TOKEN: '' })).toThrow(/PMM_API_TOKEN/);
  expect(read({ PMM_HTTP_HOST: '0.0.0.0', PMM_API_TOKEN: 's3cret' }).PMM_API_TOKEN).toBe('s3cret');
});

it('takes a list of hosts', () => {
  const { PMM_HTTP_ALLOWED_HOSTS } = read({ PMM_HTTP_ALLOWED_HOSTS: 'mind.example, other:8443,' });
  expect(PMM_HTTP_ALLOWED_HOSTS).toEqual(['mind.example', 'other:8443']);
});

it.each([
  [{ PMM_HTTP_PORT: '70000' }, /^PMM_HTTP_PORT: /],
  [{ PMM_HTTP_PORT: 'http' }, /^PMM_HTTP_PORT: /],
  [{ PMM_API_TOKEN: 'two words' }, /^PMM_API_TOKEN: /],
])('refuses %j', (environment, message) => expect(() => read(environment)).toThrow(message));
