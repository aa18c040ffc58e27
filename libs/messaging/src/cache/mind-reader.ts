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

/** Reads exactly a range of positions from the log, page by page; an empty range reads nothing. @throws AppError of event-log. */
export async function* readRange(
  log: Pick<LogClient, 'read'>,
  request: RangeRequest,
): AsyncGenerator<RangePage> {
  const { mind, to, purpose, wait } = request;
  let after = request.after;
  while (after < to) {
    const limit = Math.min(PAGE, to - after);
    const { events, head } = await log.read({ mind, after, limit, purpose }, wait);
    yield { events, headPosition: head.position };
    const last = events.at(-1)?.position ?? after;
    if (last >= Math.min(to, head.position)) return;
    if (last === after) {
      throw new AppError('unavailable', `the log of ${mind} ends at ${after}, its head says otherwise`);
    }
    after = last;
  }
}

/** Why `event` cannot come after what a cache has folded, or null. Its own hash was checked by event-log. */
export function chainFault(
  event: MindEvent,
  seen: { watermark: number; headHash: string | null },
): string | null {
  if (event.position !== seen.watermark + 1) return `position ${event.position} after ${seen.watermark}`;
  return event.prevHash === seen.headHash ? null : `position ${event.position} does not continue our chain`;
}
