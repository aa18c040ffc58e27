import { Presets, SingleBar } from 'cli-progress';
import type { Shell } from '../shell';

/** How far long work has come: a bar on a terminal, nothing otherwise. */
export interface Progress {
  update(done: number): void;
  stop(): void;
}

const SILENT: Progress = { update: () => undefined, stop: () => undefined };

/** @param unit What is counted, such as `events`. */
export function progressOn({ stderr }: Shell, total: number, unit: string): Progress {
  if (!stderr.isTTY) return SILENT;
  const format = `{bar} {percentage}% | {value}/{total} ${unit} | {eta_formatted}`;
  const options = { format, stream: stderr as NodeJS.WriteStream, clearOnComplete: true, hideCursor: true };
  const bar = new SingleBar(options, Presets.shades_classic);
  bar.start(total, 0);
  return { update: (done) => bar.update(done), stop: () => bar.stop() };
}
