import { validName } from './names';

describe('a name', () => {
  it.each([
    ['Nova', 'Nova'],
    ['  Nova ', 'Nova'],
    ['é', 'é'],
    ['e\u0301', 'é'],
    ["d'Arc-7_b.c", "d'Arc-7_b.c"],
    ['日本', '日本'],
    ['a'.repeat(64), 'a'.repeat(64)],
  ])('%j is stored as %j', (given, name) => expect(validName(given)).toBe(name));

  it.each(['', ' ', '7of9', '-a', 'a'.repeat(65), 'a\nb', 'a,b', 'a@b', 'x😀', '#1'])('%j is none', (given) =>
    expect(validName(given)).toBeNull(),
  );
});
