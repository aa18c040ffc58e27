import type { MindEvent } from '#libs/contracts';
import type { CommandContext, CommandResult } from '../context';
import { datedEventLine } from '../print/event.print';
import { EXIT } from '../shell';

export interface EventsOptions {
  kind?: string;
  after?: number;
  limit?: number;
  follow?: boolean;
}

const LATEST = 50;
const PAGE = 500;

/** The latest events, or those after a position; then, when asked to, whatever happens. */
export async function events(context: CommandContext, mind: string, options: EventsOptions): CommandResult {
  const head =
    options.after === undefined
      ? await showLatest(context, mind, options)
      : await showAfter(context, mind, { ...options, after: options.after });
  if (options.follow) await showLive(context, mind, head, options.kind);
  return EXIT.done;
}

async function showLatest(
  { client, out }: CommandContext,
  mind: string,
  { kind, limit = LATEST }: EventsOptions,
): Promise<number> {
  const query = { kind, order: 'desc' } as const;
  let page = await client.events(mind, { ...query, limit: Math.min(limit, PAGE) });
  const { position } = page.head;
  const latest = page.events;
  while (latest.length < limit && page.next !== undefined) {
    page = await client.events(mind, {
      ...{ ...query, after: page.next, limit: Math.min(limit - latest.length, PAGE) },
    });
    latest.push(...page.events);
  }
  for (const event of latest.reverse()) out.show(event, datedEventLine(event));
  return position;
}

/** @returns the position up to which everything was looked at */
async function showAfter(
  { client, out }: CommandContext,
  mind: string,
  { kind, limit = Infinity, after }: EventsOptions & { after: number },
): Promise<number> {
  let left = limit;
  let position = after;
  for (;;) {
    const page = await client.events(mind, { kind, after: position, limit: Math.min(left, PAGE) });
    for (const event of page.events) out.show(event, datedEventLine(event));
    left -= page.events.length;
    const last = page.events.at(-1)?.position ?? position;
    if (left <= 0) return last;
    if (page.next === undefined) return Math.max(last, page.head.position);
    position = page.next;
  }
}

async function showLive({ client, out }: CommandContext, mind: string, after: number, kind?: string) {
  const wanted = (event: MindEvent) => kind === undefined || event.kind === kind;
  for await (const batch of client.follow(mind, { after }))
    for (const event of batch.events.filter(wanted)) out.show(event, datedEventLine(event));
}
