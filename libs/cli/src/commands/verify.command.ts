import { HASH } from '#libs/contracts';
import type { CommandContext, CommandResult } from '../context';
import { EXIT, UsageError } from '../shell';

export interface VerifyOptions {
  from?: number;
  to?: number;
  position?: number;
  hash?: string;
}

/** Verifies the chain, or a kept head. */
export async function verify(context: CommandContext, mind: string, options: VerifyOptions): CommandResult {
  const { position, hash, from, to } = options;
  if (position === undefined && hash === undefined) return verifyChain(context, mind, { from, to });
  if (position === undefined || hash === undefined || !HASH.test(hash))
    throw new UsageError('a kept head is --position and --hash, 64 hexadecimal digits');
  if (from !== undefined || to !== undefined) throw new UsageError('a kept head has no --from and --to');
  return verifyReceipt(context, mind, { position, hash });
}

async function verifyChain(
  { client, out }: CommandContext,
  mind: string,
  range: { from?: number; to?: number },
): CommandResult {
  const reply = await client.verify(mind, range);
  const { ok, events, headHash, firstBad } = reply;
  const bad = `position ${firstBad?.position ?? '?'} is bad: ${firstBad?.reason ?? 'unknown'}`;
  out.show(reply, ok ? `ok: ${events} events, head ${headHash ?? '(none)'}` : bad);
  return ok ? EXIT.done : EXIT.failed;
}

async function verifyReceipt(
  { client, out }: CommandContext,
  mind: string,
  head: { position: number; hash: string },
): CommandResult {
  const { matches } = await client.receipt(mind, head);
  const is = matches ? 'is part of this log' : 'is not part of this log: something was cut off or changed';
  out.show({ matches }, `position ${head.position} with this hash ${is}`);
  return matches ? EXIT.done : EXIT.failed;
}
