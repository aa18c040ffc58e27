/**
 * Loaded into each service under measurement by `NODE_OPTIONS=--require`: on SIGUSR2 it collects garbage and writes
 * what the process then holds to `<PMM_BENCH_PROBES>/<pid>.json`.
 */
import { renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

export interface Probed {
  heapUsed: number;
  rss: number;
  /** Microseconds of processor time since the start. */
  cpuMicros: number;
}

const folder = process.env.PMM_BENCH_PROBES;
if (folder !== undefined) {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  process.on('SIGUSR2', () => {
    collect();
    collect();
    const { heapUsed, rss } = process.memoryUsage();
    const { user, system } = process.cpuUsage();
    const file = join(folder, `${process.pid}.json`);
    writeFileSync(
      `${file}.new`,
      JSON.stringify({ heapUsed, rss, cpuMicros: user + system } satisfies Probed),
    );
    renameSync(`${file}.new`, file);
  });
}
