import type { CommandContext, CommandResult } from '../context';
import { selfModelLines } from '../print/self-model.print';
import { EXIT } from '../shell';

/** Who a mind is. */
export async function state({ client, out }: CommandContext, mind: string, at?: number): CommandResult {
  const model = await client.selfModel(mind, { at });
  out.show(model, selfModelLines(model));
  return EXIT.done;
}
