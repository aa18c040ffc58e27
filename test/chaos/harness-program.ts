import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { checkout } from './stage/checkout';

const MAIN = join(checkout, 'dist', 'test', 'chaos', 'main.js');

/** Runs the built fault harness to its end, as `npm run chaos` does, and answers how it ended and what it said. */
export function runHarness(flags: readonly string[], limitMs: number) {
  const { status, stdout, stderr } = spawnSync(process.execPath, ['--enable-source-maps', MAIN, ...flags], {
    cwd: checkout,
    encoding: 'utf8',
    timeout: limitMs,
  });
  return { status, stdout, stderr };
}
