import { urlOf } from './context';
import { table } from './print/table';

it.each([
  [{}, 'http://127.0.0.1:7717'],
  [{ PMM_HTTP_PORT: '9000' }, 'http://127.0.0.1:9000'],
  [{ PMM_HTTP_HOST: '0.0.0.0', PMM_HTTP_PORT: '9000' }, 'http://127.0.0.1:9000'],
  [{ PMM_HTTP_HOST: '::1' }, 'http://[::1]:7717'],
  [{ PMM_HTTP_HOST: 'mind.example' }, 'http://mind.example:7717'],
  [{ PMM_URL: 'https://mind.example', PMM_HTTP_PORT: '9000' }, 'https://mind.example'],
])('finds the gateway of %j', (env, url) => expect(urlOf(env)).toBe(url));

it('lines up columns, numbers on the right', () => {
  const lines = table(
    ['name', 'count'],
    [
      ['a', 5],
      ['longer', 12],
      ['none', null],
    ],
  );
  expect(lines).toEqual(['name    count', 'a           5', 'longer     12', 'none        -']);
});
