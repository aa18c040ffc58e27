import { createReadStream } from 'node:fs';
import { open, stat } from 'node:fs/promises';
import { PmmError } from '#libs/client';
import type { CommandContext, CommandResult } from '../context';
import { progressOn } from '../print/progress';
import { EXIT, UsageError } from '../shell';

/** Fills an empty mind from a file; nothing is stored when any of it is bad. */
export async function importFile(context: CommandContext, mind: string, file: string): CommandResult {
  const { client, out, shell } = context;
  const bytes = await sizeOf(file);
  const array = await isArray(file);
  await createUnlessThere(context, mind);
  const progress = progressOn(shell, bytes, 'bytes');
  async function* chunks() {
    let sent = 0;
    for await (const chunk of createReadStream(file) as AsyncIterable<Buffer>) {
      yield chunk;
      progress.update((sent += chunk.length));
    }
  }
  try {
    const reply = await client.importLog(mind, chunks(), { array });
    const { events, format, headHash } = reply;
    out.show(
      { mind, ...reply },
      `${events} events (format ${format}) are now in ${mind}, head ${headHash ?? 'none'}`,
    );
    return EXIT.done;
  } finally {
    progress.stop();
  }
}

async function sizeOf(file: string): Promise<number> {
  const found = await stat(file).catch((cause: unknown) => {
    throw new UsageError(`can't read ${file}`, { cause });
  });
  if (!found.isFile()) throw new UsageError(`${file} is no file`);
  return found.size;
}

/** An original ledger may be one JSON array; everything else is lines. */
async function isArray(file: string): Promise<boolean> {
  const handle = await open(file);
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(4096), 0, 4096, 0);
    return /^[\s\ufeff]*\[/.test(buffer.toString('utf8', 0, bytesRead));
  } finally {
    await handle.close();
  }
}

async function createUnlessThere({ client, out }: CommandContext, mind: string): Promise<void> {
  try {
    await client.mind(mind);
  } catch (error) {
    if (!(error instanceof PmmError) || error.code !== 'unknown_mind') throw error;
    await client.createMind({ id: mind });
    out.line(`created ${mind}`);
  }
}
