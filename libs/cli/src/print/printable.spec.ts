import { printable, printableJson } from './printable';

it.each([
  ['Grüß dich, 😀\n\tund tschüß', 'Grüß dich, 😀\n\tund tschüß'],
  ['\u001b]52;c;AAAA\u0007', '␛]52;c;AAAA␇'],
  ['\u001b[2Jgone\r', '␛[2Jgone␍'],
  ['one\r\ntwo', 'one\ntwo'],
  ['\u009b2J\u007f', '\ufffd2J␡'],
  ['\u001b[2mdim\u001b[22m', '\u001b[2mdim\u001b[22m'],
  ['\u001b[22;31m', '␛[22;31m'],
])('shows %j as %j', (text, shown) => expect(printable(text)).toBe(shown));

it('escapes in JSON what a terminal would obey, and nothing else', () => {
  const value = { a: '\u009b2J \u001b \u007f ü' };
  expect(printableJson(value)).toBe('{"a":"\\u009b2J \\u001b \\u007f ü"}');
  expect(JSON.parse(printableJson(value))).toEqual(value);
});
