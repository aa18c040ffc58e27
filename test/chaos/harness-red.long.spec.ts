import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BREAKS } from './breaks';
import { runHarness } from './harness-program';
import type { RunResult } from './run';

const LIMIT_MS = 240_000;
/** Every mind's caches are wrong after it, however the faults fall. */
const BREAK = 'watermark';
const FLAGS = '--seed 7 --seconds 8 --minds 4 --faults batches-doubled,batches-reordered'.split(' ');

it(
  `the fault harness goes red on a system in which ${BREAKS[BREAK]?.about}`,
  () => {
    const folder = mkdtempSync(join(tmpdir(), 'pmm-chaos-red-'));
    const flags = [...FLAGS, '--break', BREAK, '--folder', folder];
    const { status, stdout, stderr } = runHarness(flags, LIMIT_MS);
    expect({ status, stdout, stderr }).toMatchObject({ status: 1 });
    const { results } = JSON.parse(readFileSync(join(folder, 'results.json'), 'utf8')) as {
      results: RunResult[];
    };
    const promises = results.flatMap(({ violations }) => violations).map(({ promise }) => promise);
    expect(promises).toContain('every cache equals a rebuild');
    rmSync(folder, { recursive: true });
  },
  LIMIT_MS,
);
