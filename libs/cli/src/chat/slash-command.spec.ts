import { readChatLine } from './slash-command';

it.each([
  ['  Hello there ', { is: 'say', text: 'Hello there' }],
  ['', { is: 'nothing' }],
  ['   ', { is: 'nothing' }],
  ['//etc is a folder', { is: 'say', text: '/etc is a folder' }],
  ['/state', { is: 'state' }],
  ['/quit', { is: 'quit' }],
  ['/commit  write the   report ', { is: 'commit', text: 'write the   report' }],
  ['/close c3xk 12 #14', { is: 'close', cid: 'c3xk', evidence: [12, 14] }],
  ['/why #7', { is: 'why', position: 7 }],
  ['/why 7', { is: 'why', position: 7 }],
])('reads %p', (line, expected) => expect(readChatLine(line)).toEqual(expected));

it.each([
  '/commit',
  '/close c3xk',
  '/close',
  '/close c3xk one',
  '/why',
  '/why 0',
  '/why -1',
  '/why 1 2',
  '/state now',
  '/nonsense',
])('says how %p is meant', (line) => expect(readChatLine(line).is).toBe('wrong'));
