import type { EventsQuery, EventsReply, PmmClient } from '#libs/client';
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
  const latest: MindEvent[] = [];
  let head: number | undefined;
  for await (const page of pages(client, mind, { kind, order: 'desc' }, limit)) {
    head ??= page.head.position;
    latest.push(...page.events);
  }
  for (const event of latest.reverse()) out.show(event, datedEventLine(event));
  return head ?? 0;
}

/** @returns the position up to which everything was looked at */
async function showAfter(
  { client, out }: CommandContext,
  mind: string,
  { kind, limit = Infinity, after }: EventsOptions & { after: number },
): Promise<number> {
  let left = limit;
  let last = after;
  let head = 0;
  for await (const page of pages(client, mind, { kind, after }, limit)) {
    for (const event of page.events) out.show(event, datedEventLine(event));
    left -= page.events.length;
    last = page.events.at(-1)?.position ?? last;
    head = page.head.position;
  }
  return left <= 0 ? last : Math.max(last, head);
}

/** Page after page, until there were `limit` events or there are no more. */
async function* pages(
  client: PmmClient,
  mind: string,
  query: Omit<EventsQuery, 'limit'>,
  limit: number,
): AsyncGenerator<EventsReply, void> {
  let left = limit;
  let { after } = query;
  do {
    const page = await client.events(mind, { ...query, after, limit: Math.min(left, PAGE) });
    yield page;
    left -= page.events.length;
    after = page.next;
  } while (left > 0 && after !== undefined);
}

async function showLive({ client, out }: CommandContext, mind: string, after: number, kind?: string) {
  const wanted = (event: MindEvent) => kind === undefined || event.kind === kind;
  for await (const batch of client.follow(mind, { after }))
    for (const event of batch.events.filter(wanted)) out.show(event, datedEventLine(event));
}
