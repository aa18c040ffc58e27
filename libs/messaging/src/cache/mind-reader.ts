import type { MindEvent, ReadPurpose } from '#libs/contracts';
import { AppError } from '#libs/kernel';
import type { LogClient } from '../log-client';
import type { AskOptions } from '../requests';

const PAGE = 1_000;

export interface RangeRequest {
  mind: string;
  after: number;
  /** The last position wanted; Infinity: up to the head. */
  to: number;
  purpose: ReadPurpose;
  /** How long to wait for each page. */
  wait: AskOptions;
}

/** A page of a range, and the head that the log had when it was read. */
export interface RangePage {
  events: MindEvent[];
  headPosition: number;
}

/**
 * Reads exactly a range of positions from the log, page by page; an empty range reads nothing. The next page is on its way
 * while the caller folds this one. @throws AppError of event-log.
 */
export async function* readRange(
  log: Pick<LogClient, 'read'>,
  { mind, after: start, to, purpose, wait }: RangeRequest,
): AsyncGenerator<RangePage> {
  if (start >= to) return;
  const pageAfter = (after: number) =>
    log.read({ mind, after, limit: Math.min(PAGE, to - after), purpose }, wait);
  let after = start;
  let coming = pageAfter(after);
  for (;;) {
    const { events, head } = await coming;
    const last = events.at(-1)?.position ?? after;
    const isEnd = last >= Math.min(to, head.position);
    if (!isEnd && last > after) coming = unwatched(pageAfter(last));
    yield { events, headPosition: head.position };
    if (isEnd) return;
    if (last === after) {
      throw new AppError('unavailable', `the log of ${mind} ends at ${after}, its head says otherwise`);
    }
    after = last;
  }
}

/** Its failure is told to who awaits it; a caller that stops before that needs to hear of none. */
function unwatched<T>(promise: Promise<T>): Promise<T> {
  promise.catch(() => undefined);
  return promise;
}

/** Why `event` cannot come after what a cache has folded, or null. Its own hash was checked by event-log. */
export function chainFault(
  event: MindEvent,
  seen: { watermark: number; headHash: string | null },
): string | null {
  if (event.position !== seen.watermark + 1) return `position ${event.position} after ${seen.watermark}`;
  return event.prevHash === seen.headHash ? null : `position ${event.position} does not continue our chain`;
}
