import { hostsOf } from './own-hosts';

it.each([
  ['127.0.0.2', ['127.0.0.2']],
  ['192.168.7.1', ['192.168.7.1']],
  ['FD00::7', ['[fd00::7]']],
  ['0.0.0.0', []],
  ['::', []],
  ['0:0:0:0:0:0:0:0', []],
  ['localhost', []],
  ['mind.example', []],
])('whoever listens on %s is %j', (address, hosts) => expect(hostsOf(address)).toEqual(hosts));
