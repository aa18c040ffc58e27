import { PmmError } from '#libs/client';
import { ChatSession } from '../chat/chat-session';
import { readLines } from '../chat/read-lines';
import type { CommandContext, CommandResult } from '../context';
import { messageOf } from '../message-of';
import { EXIT } from '../shell';

/** Says each line to the mind, until the input ends or `/quit`. On a terminal it shows the reply while it comes. */
export async function chat(context: CommandContext, mind: string, user?: string): CommandResult {
  const { out, shell } = context;
  const interactive = (shell.stdin.isTTY ?? false) && !out.json;
  await greet(context, mind, interactive);
  const { lines, left } = readLines(shell, interactive ? 'you> ' : '');
  const session = new ChatSession(context, mind, { user, interactive, left });
  let failed = false;
  for await (const line of lines) {
    try {
      if ((await session.take(line)) === 'quit') break;
    } catch (error) {
      if (left.aborted) break;
      if (!interactive) failed = true;
      out.note(`pmm: ${messageOf(error)}`);
    }
  }
  return failed ? EXIT.failed : EXIT.done;
}

async function greet({ client, out }: CommandContext, mind: string, interactive: boolean): Promise<void> {
  try {
    await client.mind(mind);
  } catch (error) {
    if (!(error instanceof PmmError) || error.code !== 'unknown_mind') throw error;
    await client.createMind({ id: mind });
  }
  if (!interactive) return;
  const { identity, stage, tick } = await client.selfModel(mind);
  const name = identity.name ?? 'no name yet';
  out.line(
    out.dim(`This is the mind "${mind}": ${name}, stage ${stage}, tick ${tick}. /help lists commands.`),
  );
}
