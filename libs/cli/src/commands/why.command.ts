import type { CommandContext, CommandResult } from '../context';
import { EXIT } from '../shell';
import { explainEvent } from '../why/explain';
import { explanationLines } from '../why/explanation.print';

/** What an event came from. */
export async function why({ client, out }: CommandContext, mind: string, position: number): CommandResult {
  const explanation = await explainEvent(client, mind, position);
  out.show(explanation, explanationLines(explanation));
  return EXIT.done;
}
