import type { MindEvent, ReadPurpose, ReadReply } from '#libs/contracts';
import { AppError } from '#libs/kernel';
import type { LogClient } from '../log-client';
import type { AskOptions } from '../requests';

const PAGE = 1_000;
/** Pages on their way while one is folded: enough to keep the database at work. */
const AHEAD = 3;

export interface RangeRequest {
  mind: string;
  after: number;
  /** The last position wanted; Infinity: up to the head. */
  to: number;
  purpose: ReadPurpose;
  /** How long to wait for each page. */
  wait: AskOptions;
}

/** A page of a range. */
export interface RangePage {
  /** Its first event should be at the next position. */
  after: number;
  events: MindEvent[];
}

/**
 * Reads exactly a range of positions from the log, page by page; an empty range reads nothing. Once the first page has told
 * where the log ends, the next ones are on their way while the caller folds this one. @throws AppError of event-log.
 */
export async function* readRange(
  log: Pick<LogClient, 'read'>,
  { mind, after: start, to, purpose, wait }: RangeRequest,
): AsyncGenerator<RangePage> {
  if (start >= to) return;
  const read = (after: number, limit: number) => log.read({ mind, after, limit, purpose }, wait);
  const ahead = new PagesAhead(read, start, Math.min(PAGE, to - start));
  let after = start;
  for (;;) {
    const { events, head } = await ahead.next();
    const last = events.at(-1)?.position ?? after;
    const end = Math.min(to, head.position);
    if (last < end && last > after) ahead.askFrom(last, end);
    yield { after, events };
    if (last >= end) return;
    if (last === after) {
      throw new AppError('unavailable', `the log of ${mind} ends at ${after}, its head says otherwise`);
    }
    after = last;
  }
}

/** The pages that were asked for and not looked at yet. */
class PagesAhead {
  private readonly asked: { after: number; reply: Promise<ReadReply> }[] = [];
  /** Events of a page: fewer than 1,000 where they are so large that a reply holds no more. */
  private step = PAGE;

  constructor(
    private readonly read: (after: number, limit: number) => Promise<ReadReply>,
    private current: number,
    limit: number,
  ) {
    this.ask(current, limit);
  }

  /** The page that was asked for first. */
  next(): Promise<ReadReply> {
    const page = this.asked.shift();
    if (!page) throw new RangeError('no page was asked for');
    this.current = page.after;
    return page.reply;
  }

  /** The last page ended at `last`: sees to it that the following ones, up to `end`, are on their way. */
  askFrom(last: number, end: number): void {
    const following = this.asked[0]?.after ?? last;
    if (following !== last || this.asked.length === 0) this.step = Math.min(this.step, last - this.current);
    if (following !== last) this.asked.length = 0;
    const lastAsked = this.asked.at(-1);
    let after = lastAsked ? lastAsked.after + this.step : last;
    for (; this.asked.length < AHEAD && after < end; after += this.step)
      this.ask(after, Math.min(this.step, end - after));
  }

  private ask(after: number, limit: number): void {
    this.asked.push({ after, reply: unwatched(this.read(after, limit)) });
  }
}

/** Its failure is told to who awaits it; a caller that stops before that needs to hear of none. */
function unwatched<T>(promise: Promise<T>): Promise<T> {
  promise.catch(() => undefined);
  return promise;
}

/**
 * Why `event` cannot come after what a cache has folded, or null. Whether its hash is that of its text is not looked at: that would
 * cost more than the fold. `verify` does so, and an import.
 */
export function chainFault(
  event: MindEvent,
  seen: { mind: string; watermark: number; headHash: string | null },
): string | null {
  if (event.mind !== seen.mind) return `an event of ${event.mind} after position ${seen.watermark}`;
  if (event.position !== seen.watermark + 1) return `position ${event.position} after ${seen.watermark}`;
  return event.prevHash === seen.headHash ? null : `position ${event.position} does not continue our chain`;
}
