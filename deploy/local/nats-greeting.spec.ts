import { parseGreeting } from './nats-greeting';

describe('the greeting of a NATS server', () => {
  it('is read from its INFO line', () => {
    const line =
      'INFO {"server_name":"pmm-1","version":"2.9.10","max_payload":1048576,"jetstream":true} \r\n';
    expect(parseGreeting(line)).toEqual({
      server_name: 'pmm-1',
      version: '2.9.10',
      max_payload: 1048576,
      jetstream: true,
    });
  });

  it.each(['HTTP/1.1 400 Bad Request\r\n\r\n', 'INFO {broken}\r\n', 'INFO {"version":1}\r\n', ''])(
    'is not %j',
    (text) => {
      expect(parseGreeting(text)).toBeUndefined();
    },
  );
});
