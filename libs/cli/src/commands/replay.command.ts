import { createReadStream } from 'node:fs';
import { access } from 'node:fs/promises';
import { splitLines } from '#libs/client';
import { MIND_ID } from '#libs/contracts';
import type { CommandContext, CommandResult } from '../context';
import { progressOn } from '../print/progress';
import { table } from '../print/table';
import { compareDigests, type Comparison } from '../replay/compare-digests';
import { liveDigests } from '../replay/live-digests';
import { Replay, type Replayed } from '../replay/replay';
import { EXIT, UsageError } from '../shell';

/** Folds everything from position 1 in this process, and holds the result against what the services say. */
export async function replay(context: CommandContext, source: string): CommandResult {
  return MIND_ID.test(source) ? replayMind(context, source) : replayFile(context, source);
}

async function replayMind(context: CommandContext, mind: string): CommandResult {
  const { client, out } = context;
  const { head } = await client.mind(mind);
  const replayed = await fold(context, client.exportLines(mind), head.position);
  const comparison = compareDigests(replayed, await liveDigests(client, mind, replayed.position));
  const { position, headHash, events } = replayed;
  out.show({ mind, position, headHash, ...comparison }, [
    ...comparisonLines(comparison),
    `${events} events of ${mind}, head #${position} ${headHash ?? '(none)'}`,
    comparison.equal ? 'every digest is equal' : 'digests differ',
  ]);
  return comparison.equal ? EXIT.done : EXIT.failed;
}

async function replayFile(context: CommandContext, file: string): CommandResult {
  await access(file).catch((cause: unknown) => {
    throw new UsageError(`${file} is neither a mind nor a file that can be read`, { cause });
  });
  const replayed = await fold(context, splitLines(createReadStream(file)), null);
  const { position, headHash, services } = replayed;
  const rows = Object.entries(services).map(([service, { digest }]) => [service, digest]);
  out(context, { file, position, headHash, services }, [
    ...table(['service', 'replayed'], rows),
    `${replayed.events} events of ${replayed.mind ?? 'nobody'}, head #${position} ${headHash ?? '(none)'}`,
  ]);
  return EXIT.done;
}

const out = (context: CommandContext, value: unknown, lines: string[]) => context.out.show(value, lines);

async function fold(
  { shell }: CommandContext,
  lines: AsyncIterable<string>,
  total: number | null,
): Promise<Replayed> {
  const replaying = new Replay();
  const progress = progressOn(shell, total ?? 0, 'events');
  try {
    for await (const line of lines) progress.update(replaying.take(line));
    return replaying.finish();
  } finally {
    progress.stop();
  }
}

function comparisonLines({ services }: Comparison): string[] {
  const rows = Object.entries(services).map(([service, { replayed, live, equal, reason }]) => [
    service,
    replayed,
    live,
    equal ? 'equal' : `DIFFERS${reason ? `: ${reason}` : ''}`,
  ]);
  return table(['service', 'replayed', 'live', ''], rows);
}
