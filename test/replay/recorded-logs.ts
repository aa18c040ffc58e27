import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { MindEvent } from '#libs/contracts';

/** Logs that were recorded once and never change: what every later version must fold to the same state. */
const folder = join(__dirname, 'recorded');
const fileOf = (name: string) => join(folder, `${name}.ndjson`);

export const recordedLogs = (): string[] =>
  readdirSync(folder)
    .filter((file) => file.endsWith('.ndjson'))
    .map((file) => file.replace('.ndjson', ''));

export const readRecorded = (name: string): MindEvent[] =>
  readFileSync(fileOf(name), 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as MindEvent);

/** Writes a log that is not recorded yet. */
export function recordOnce(name: string, events: readonly MindEvent[]): void {
  if (existsSync(fileOf(name))) return;
  writeFileSync(fileOf(name), events.map((event) => `${JSON.stringify(event)}\n`).join(''));
}

/** Per service: the fold version, and the digest after half of each log and after all of it. */
export type RecordedDigests = Record<
  string,
  { foldVersion: number; digests: Record<string, [string, string]> }
>;

const digestFile = join(folder, 'digests.json');
export const readDigests = (): RecordedDigests =>
  existsSync(digestFile) ? (JSON.parse(readFileSync(digestFile, 'utf8')) as RecordedDigests) : {};
export const writeDigests = (digests: RecordedDigests): void =>
  writeFileSync(digestFile, `${JSON.stringify(digests, null, 2)}\n`);
