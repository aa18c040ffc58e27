import { createWriteStream } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { Readable, type Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { CommandContext, CommandResult } from '../context';
import { progressOn } from '../print/progress';
import { EXIT } from '../shell';

/** The whole log into a file, which appears only when it is complete, or to standard output. */
export async function exportMind(context: CommandContext, mind: string, file?: string): CommandResult {
  const { client, out, shell } = context;
  if (file === undefined) {
    for await (const line of client.exportLines(mind)) {
      if (!shell.stdout.write(`${line}\n`)) await drained(shell.stdout);
    }
    return EXIT.done;
  }
  const partial = `${file}.partial`;
  try {
    const events = await writeTo(context, mind, partial);
    await rename(partial, file);
    out.show({ mind, events, file }, `${events} events of ${mind} are in ${file}`);
    return EXIT.done;
  } catch (error) {
    await rm(partial, { force: true });
    throw error;
  }
}

async function writeTo({ client, shell }: CommandContext, mind: string, file: string): Promise<number> {
  const { head } = await client.mind(mind);
  const progress = progressOn(shell, head.position, 'events');
  let lines = 0;
  async function* counted() {
    for await (const line of client.exportLines(mind)) {
      progress.update(++lines);
      yield `${line}\n`;
    }
  }
  try {
    await pipeline(Readable.from(counted()), createWriteStream(file));
    return lines - 1;
  } finally {
    progress.stop();
  }
}

const drained = (stream: Writable) => new Promise<void>((resolve) => stream.once('drain', () => resolve()));
