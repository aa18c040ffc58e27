import { once } from 'node:events';
import { finished } from 'node:stream/promises';
import { Client } from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import { shardOf } from '#libs/contracts';
import type { ChainedEvent } from '../../../services/event-log/src/core/chain.core';
import { generateLog, type LogPlan } from './generate-log';

const CHUNK_CHARS = 1024 * 1024;

export interface FillOptions {
  postgresUrl: string;
  shards: number;
  /** Of the minds; absent: the system's default. */
  tickIntervalMs?: number;
}

/** Writes logs straight into the tables of event-log, as it would have stored them. Answers the number of events. */
export async function fillDatabase(plans: Iterable<LogPlan>, options: FillOptions): Promise<number> {
  const client = new Client({ connectionString: options.postgresUrl });
  await client.connect();
  try {
    await client.query('BEGIN');
    const all = [...plans];
    await copyLines(client, 'minds (id, shard, created_at, tick_interval_ms)', mindLines(all, options));
    let events = 0;
    const counted = function* () {
      for (const line of eventLines(all)) {
        events++;
        yield line;
      }
    };
    await copyLines(client, 'events (mind, position, id, kind, at, prev_hash, hash, body)', counted());
    await client.query('COMMIT');
    await client.query('ANALYZE events, minds');
    return events;
  } finally {
    await client.end();
  }
}

function* mindLines(plans: readonly LogPlan[], { shards, tickIntervalMs }: FillOptions): Generator<string> {
  for (const { mind, endsAtMs, tickIntervalMs: own } of plans) {
    const interval = (own === undefined ? tickIntervalMs : own) ?? '\\N';
    yield `${mind}\t${shardOf(mind, shards)}\t${new Date(endsAtMs).toISOString()}\t${interval}\n`;
  }
}

function* eventLines(plans: readonly LogPlan[]): Generator<string> {
  for (const plan of plans) for (const event of generateLog(plan)) yield copyLine(event);
}

/** A row in the text format of COPY. */
export function copyLine({ mind, position, id, kind, atMs, prevHash, hash, body }: ChainedEvent): string {
  const before = prevHash === null ? '\\N' : `\\\\x${prevHash}`;
  const at = new Date(atMs).toISOString();
  return `${mind}\t${position}\t${id}\t${kind}\t${at}\t${before}\t\\\\x${hash}\t${body.replaceAll('\\', '\\\\')}\n`;
}

async function copyLines(client: Client, columns: string, lines: Iterable<string>): Promise<void> {
  const stream = client.query(copyFrom(`COPY ${columns} FROM STDIN`));
  const done = finished(stream);
  let chunk = '';
  for (const line of lines) {
    chunk += line;
    if (chunk.length < CHUNK_CHARS) continue;
    if (!stream.write(chunk)) await Promise.race([once(stream, 'drain'), done]);
    chunk = '';
  }
  stream.end(chunk);
  await done;
}
