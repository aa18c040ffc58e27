import type { MindEvent, ReadPurpose } from '#libs/contracts';
import { AppError } from '#libs/kernel';
import type { LogClient } from '../log-client';

const PAGE = 1_000;

export interface RangeRequest {
  mind: string;
  after: number;
  /** The last position wanted; absent: up to the head. */
  to?: number;
  purpose: ReadPurpose;
  deadlineAt: number;
}

/** A page of a range, and the head that the log had when it was read. */
export interface RangePage {
  events: MindEvent[];
  headPosition: number;
  importedTo: number;
}

/** Reads exactly a range of positions from the log, page by page. @throws AppError of event-log. */
export async function* readRange(log: LogClient, request: RangeRequest): AsyncGenerator<RangePage> {
  const { mind, to = Number.MAX_SAFE_INTEGER, purpose, deadlineAt } = request;
  let after = request.after;
  do {
    const limit = Math.min(PAGE, to - after);
    const { events, head, importedTo } = await log.read({ mind, after, limit, purpose }, { deadlineAt });
    yield { events, headPosition: head.position, importedTo };
    const last = events.at(-1)?.position ?? after;
    if (last >= Math.min(to, head.position)) return;
    if (last === after)
      throw new AppError('unavailable', `the log of ${mind} ends at ${after}, its head says otherwise`);
    after = last;
  } while (after < to);
}

/** Why `event` cannot come after what a cache has folded, or null. Its own hash was checked by event-log. */
export function chainFault(
  event: MindEvent,
  seen: { watermark: number; headHash: string | null },
): string | null {
  if (event.position !== seen.watermark + 1) return `position ${event.position} after ${seen.watermark}`;
  return event.prevHash === seen.headHash ? null : `position ${event.position} does not continue our chain`;
}
