import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runHarness } from './harness-program';

/** Short here; long series are for `npm run chaos`. */
const RUNS = Number(process.env.PMM_CHAOS_RUNS ?? (process.env.CI ? 6 : 2));
const RUN_LIMIT_MS = 120_000;
const START_LIMIT_MS = 120_000;
const LIMIT_MS = START_LIMIT_MS + RUNS * RUN_LIMIT_MS;

it(
  `${RUNS} runs of the fault harness on the built system find no violation`,
  () => {
    const folder = mkdtempSync(join(tmpdir(), 'pmm-chaos-'));
    const flags = ['--runs', String(RUNS), '--seconds', '20', '--folder', folder];
    const { status, stdout, stderr } = runHarness(flags, LIMIT_MS);
    // The evidence stays where the output says when it went wrong.
    expect({ status, stdout, stderr }).toMatchObject({ status: 0 });
    expect(stdout).toContain(`${RUNS} runs, 0 with violations`);
    rmSync(folder, { recursive: true });
  },
  LIMIT_MS,
);
