import { randomUUID } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { Client } from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import { LIMITS, type ImportReply, type MindInfo } from '#libs/contracts';
import { migrate } from '../../../services/event-log/src/adapters/postgres/database';
import { eventLine } from '../../../services/event-log/src/core/chain.core';
import { copyLine } from '../generate/fill-database';
import { generateLog } from '../generate/generate-log';
import type { BenchClient } from '../rig/bench-client';
import { SHARDS, type Rig } from '../rig/rig';
import type { Bench } from '../runner/bench';
import { atLeast } from '../runner/figure';
import { interleave, timed } from '../runner/repeat';
import { pairedRatio, summarize } from '../runner/statistics';

/** A mind that moves here with its whole life. */
export const importBench: Bench = {
  name: 'import',
  about: 'import of an own export, beside COPY of the same rows into a table of the same shape',
  run: async ({ rig, quick, seed }) => {
    const events = quick ? 10_000 : 1_000_000;
    const files = await writeFiles(rig.servers.dataDir, events, seed);
    const client = await rig.services({ names: ['event-log'] });
    const { ours, copy } = await interleave(quick ? 2 : 3, {
      ours: async (round) => (1000 * events) / (await importFile(client, `imported-${round}`, files.own)),
      copy: async () => (1000 * events) / (await copyFile(await emptyTable(rig), files.rows)),
    });
    const ratio = pairedRatio(ours, copy);
    return [
      {
        name: `import of ${events} events`,
        value: { ...summarize(ours), p99: undefined, unit: 'events/s' },
        yardstick: { ...summarize(copy), p99: undefined, name: 'COPY', unit: 'events/s' },
        ratio,
        target: atLeast(ratio, 0.2),
      },
    ];
  },
};

/** The same log twice: as an export of ours, and as rows for COPY. */
async function writeFiles(folder: string, events: number, seed: number) {
  const files = { own: join(folder, 'import.ndjson'), rows: join(folder, 'import.copy') };
  const log = () => generateLog({ mind: 'traveller', events, seed, endsAtMs: Date.now() - 60_000 });
  await pipeline(function* () {
    let headHash = '';
    for (const event of log()) {
      headHash = event.hash;
      yield `${eventLine(event)}\n`;
    }
    yield `${JSON.stringify({ export: { format: 'pmm.v1', mind: 'traveller', events, headHash } })}\n`;
  }, createWriteStream(files.own));
  await pipeline(function* () {
    for (const event of log()) yield copyLine(event);
  }, createWriteStream(files.rows));
  return files;
}

async function importFile(client: BenchClient, mind: string, file: string): Promise<number> {
  await client.ask<MindInfo>('event-log', mind, 'create');
  const session = randomUUID();
  return timed(async () => {
    let seq = 0;
    const send = (text: string, last: boolean) =>
      client.ask<ImportReply>('event-log', mind, 'import', {
        session,
        seq: seq++,
        text,
        ...(last ? { last } : {}),
      });
    const stream = createReadStream(file, { encoding: 'utf8', highWaterMark: LIMITS.importChunkChars });
    // A stream that is behind hands over several chunks as one.
    for await (const text of stream as AsyncIterable<string>)
      for (let at = 0; at < text.length; at += LIMITS.importChunkChars)
        await send(text.slice(at, at + LIMITS.importChunkChars), false);
    const { done } = await send('', true);
    if (!done) throw new Error('the import did not end');
  });
}

async function emptyTable(rig: Rig): Promise<string> {
  const url = await rig.database('copy');
  await migrate(url, SHARDS);
  return url;
}

async function copyFile(url: string, file: string): Promise<number> {
  const client = new Client({ connectionString: url });
  await client.connect();
  const target = 'COPY events (mind, position, id, kind, at, prev_hash, hash, body) FROM STDIN';
  const ms = await timed(() =>
    pipeline(createReadStream(file, { highWaterMark: 2 ** 20 }), client.query(copyFrom(target))),
  );
  await client.end();
  return ms;
}
