import { isLoopback, isOurHost, isOurOrigin } from './host-rule';

describe('isOurHost', () => {
  it.each(['localhost:7717', '127.0.0.1:7717', '[::1]:7717', 'LOCALHOST:7717'])('takes %s', (host) =>
    expect(isOurHost(host, [], 7717)).toBe(true),
  );

  it.each([
    undefined,
    '',
    'localhost',
    'localhost:7718',
    'evil.example:7717',
    '127.0.0.1.evil.example:7717',
    'localhost:7717@evil.example',
    'localhost:7717, evil.example',
    '10.0.0.1:7717',
  ])('refuses %p', (host) => expect(isOurHost(host, [], 7717)).toBe(false));

  it('takes what the operator allows, with any port or with one', () => {
    expect(isOurHost('mind.example', ['mind.example'], 7717)).toBe(true);
    expect(isOurHost('mind.example:8443', ['mind.example'], 7717)).toBe(true);
    expect(isOurHost('mind.example:8443', ['mind.example:443'], 7717)).toBe(false);
    expect(isOurHost('other.example', ['mind.example'], 7717)).toBe(false);
  });

  it('takes the address that we listen on, with our port only', () => {
    expect(isOurHost('127.0.0.2:7717', [], 7717, ['127.0.0.2'])).toBe(true);
    expect(isOurHost('127.0.0.2:7718', [], 7717, ['127.0.0.2'])).toBe(false);
    expect(isOurHost('127.0.0.2', [], 7717, ['127.0.0.2'])).toBe(false);
    expect(isOurOrigin('http://127.0.0.2:7717', [], 7717, ['127.0.0.2'])).toBe(true);
  });

  it('needs no port where ours is the standard one', () => {
    expect(isOurHost('localhost', [], 80)).toBe(true);
  });
});

it('lets programs and our own pages ask, and no other page', () => {
  expect(isOurOrigin(undefined, [], 7717)).toBe(true);
  expect(isOurOrigin('http://localhost:7717', [], 7717)).toBe(true);
  expect(isOurOrigin('https://mind.example', ['mind.example'], 7717)).toBe(true);
  expect(isOurOrigin('http://localhost:3000', [], 7717)).toBe(false);
  expect(isOurOrigin('null', [], 7717)).toBe(false);
  expect(isOurOrigin('file://', [], 7717)).toBe(false);
});

it.each([
  ['127.0.0.1', true],
  ['127.8.9.1', true],
  ['localhost', true],
  ['::1', true],
  ['0.0.0.0', false],
  ['::', false],
  ['127.0.0.1.example', false],
  ['192.168.0.1', false],
])('knows whether only this machine reaches %s', (host, expected) => expect(isLoopback(host)).toBe(expected));
