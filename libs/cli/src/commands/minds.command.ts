import type { MindInfo } from '#libs/contracts';
import type { CommandContext, CommandResult } from '../context';
import { table } from '../print/table';
import { EXIT } from '../shell';

const PAGE = 200;

/** All minds, page by page. */
export async function minds({ client, out }: CommandContext): CommandResult {
  const all: MindInfo[] = [];
  let after: string | undefined;
  do {
    const page = await client.minds({ after, limit: PAGE });
    all.push(...page.minds);
    after = page.next;
  } while (after !== undefined);
  const rows = all.map(({ id, head, createdAt, provider, model, archivedAt }) => [
    id,
    head.position,
    createdAt,
    [provider, model].filter(Boolean).join(' ') || undefined,
    archivedAt ? 'archived' : undefined,
  ]);
  const lines = all.length > 0 ? table(['mind', 'events', 'created', 'model', ''], rows) : ['no minds yet'];
  out.show({ minds: all }, lines);
  return EXIT.done;
}
