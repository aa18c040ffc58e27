import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { BENCHES } from './benches';

const LIMIT_MS = 15 * 60_000;
const checkout = join(__dirname, '..', '..');

/** What the figures are is not asked here: a busy machine says nothing about them. */
it(
  'every benchmark measures something in its quick form',
  () => {
    const main = join(checkout, 'dist', 'test', 'bench', 'main.js');
    const { status, stdout, stderr } = spawnSync(
      process.execPath,
      ['--enable-source-maps', main, '--quick'],
      { cwd: checkout, encoding: 'utf8', timeout: LIMIT_MS },
    );
    expect({ status, stdout, stderr }).toMatchObject({ status: 0 });
    for (const { name } of BENCHES) expect(stdout).toContain(`## ${name}\n`);
    expect(stdout).not.toMatch(/not measured/i);
  },
  LIMIT_MS,
);
