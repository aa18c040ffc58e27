import { cpSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { withClient } from '#deploy/local/postgres-client';
import type { FaultKind } from './faults/fault-kinds';
import { checkout, programOf } from './stage/checkout';

/** A change of one file of the build: each text must be there once, so that a break can't quietly do nothing. */
export interface Patch {
  file: string;
  replace: readonly (readonly [text: string, by: string])[];
}

/** A system that is broken on purpose, to see the harness go red. */
export interface Break {
  about: string;
  patches?: readonly Patch[];
  /** Run as the database's owner once the system is ready. */
  sql?: string;
  /** The faults that bring it to light soonest. */
  kinds: readonly FaultKind[];
}

const FEED = 'dist/libs/messaging/src/cache/batch-feed.js';
const READER = 'dist/libs/messaging/src/cache/mind-reader.js';
const LANE = 'dist/services/event-log/src/app/append-lane.js';
const SETTLE =
  'for (const { jobs, plan } of groups)jobs.forEach((job, index)=>(0, _appendjob.settlePlanned)(job, plan.outcomes[index]));';
const INSERT = 'await events.insert(chains.flat());';

export const BREAKS: Readonly<Record<string, Break>> = {
  'unique-id': {
    about: 'the unique key of ids is dropped',
    sql: 'ALTER TABLE events DROP CONSTRAINT events_id',
    kinds: ['kill-service', 'two-owners', 'postgres-cut', 'fork-attempt'],
  },
  'unique-chain': {
    about: 'the unique keys of positions and of successors are dropped',
    sql: 'ALTER TABLE events DROP CONSTRAINT events_chain, DROP CONSTRAINT events_position',
    kinds: ['two-owners', 'kill-service', 'fork-attempt', 'nats-cut'],
  },
  watermark: {
    about: 'a cache folds whatever batch comes',
    patches: [
      {
        file: FEED,
        replace: [
          ["if (batch.to < resident.watermark) return 'old';", ''],
          ['if (batch.to === resident.watermark) return this.compare(resident, batch);', ''],
          ['events.filter((event)=>event.position > resident.watermark)', 'events'],
        ],
      },
      {
        file: READER,
        replace: [
          ['if (event.position !== seen.watermark + 1) return', 'if (false) return'],
          ['event.prevHash === seen.headHash ? null', 'true ? null'],
        ],
      },
    ],
    kinds: ['batches-doubled', 'batches-reordered', 'nats-cut'],
  },
  'early-answer': {
    about: 'an append is acknowledged before its commit',
    patches: [{ file: LANE, replace: [[INSERT, `${SETTLE} ${INSERT}`]] }],
    kinds: ['postgres-restart', 'postgres-backend-kill', 'postgres-cut', 'kill-service'],
  },
};

/** A copy of the build with the patches in it; answers the arguments that run it. */
export function brokenProgram({ patches }: Break, folder: string): string[] | undefined {
  if (!patches) return undefined;
  mkdirSync(folder, { recursive: true });
  cpSync(join(checkout, 'dist'), join(folder, 'dist'), { recursive: true });
  cpSync(join(checkout, 'package.json'), join(folder, 'package.json'));
  symlinkSync(join(checkout, 'node_modules'), join(folder, 'node_modules'));
  for (const patch of patches) {
    const path = join(folder, patch.file);
    writeFileSync(path, patched(readFileSync(path, 'utf8'), patch));
  }
  return programOf(folder);
}

/** @throws Error naming a text that is not there, or not once. */
export function patched(built: string, { file, replace }: Patch): string {
  return replace.reduce((text, [old, by]) => {
    const [before, after, ...more] = text.split(old);
    if (before === undefined || after === undefined || more.length > 0)
      throw new Error(`${file} does not hold exactly once: ${old}`);
    return `${before}${by}${after}`;
  }, built);
}

export async function breakDatabase({ sql }: Break, postgresUrl: string): Promise<void> {
  if (sql !== undefined) await withClient(postgresUrl, (client) => client.query(sql));
}
