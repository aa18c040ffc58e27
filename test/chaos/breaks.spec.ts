import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Script } from 'node:vm';
import { BREAKS, patched } from './breaks';
import { checkout } from './stage/checkout';

const PATCHES = Object.entries(BREAKS).flatMap(([name, { patches = [] }]) =>
  patches.map((patch) => ({ ...patch, name })),
);

it.each(PATCHES)(
  'the break $name finds all its texts in $file of the build, and leaves a program',
  (patch) => {
    const built = readFileSync(join(checkout, patch.file), 'utf8');
    const broken = patched(built, patch);
    expect(broken).not.toBe(built);
    expect(() => new Script(broken)).not.toThrow();
  },
);

it('a break does something: it changes the build, or the database', () => {
  for (const [name, { patches = [], sql = '' }] of Object.entries(BREAKS))
    expect({ name, changes: patches.length + sql.length }).not.toEqual({ name, changes: 0 });
});

it('a text that is not there, or not once, is said', () => {
  const patch = { file: 'a.js', replace: [['one', 'two']] } as const;
  expect(patched('one, $&', patch)).toBe('two, $&');
  expect(() => patched('zero', patch)).toThrow('a.js does not hold exactly once: one');
  expect(() => patched('one and one', patch)).toThrow('exactly once');
});
