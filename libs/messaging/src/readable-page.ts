import { LIMITS, type ReadReply, type ReadRequest } from '#libs/contracts';
import { AppError } from '#libs/kernel';

/**
 * Whether it can't be read as one reply what was stored, now or later: somebody wrote rows past event-log that are no events,
 * or larger than any.
 */
export const isUnreadable = (error: unknown): error is AppError =>
  error instanceof AppError &&
  !error.retryable &&
  (error.code === 'unavailable' || error.code === 'too_large');

/**
 * A page, or as much of it as can be read: it ends before the first event that can't. event-log serves what is stored without
 * taking it apart, so that is found here, by at most ten more reads. @throws AppError when not even the first event can be read.
 */
export async function readablePage(
  request: ReadRequest,
  read: (request: ReadRequest) => Promise<ReadReply>,
): Promise<ReadReply> {
  const { limit = LIMITS.readEvents } = request;
  try {
    return await read(request);
  } catch (error) {
    if (!isUnreadable(error)) throw error;
    const page = await longestReadable(limit, (fewer) => read({ ...request, limit: fewer }));
    if (page) return page;
    throw unreadable(request, error);
  }
}

async function longestReadable(
  tooMany: number,
  read: (limit: number) => Promise<ReadReply>,
): Promise<ReadReply | undefined> {
  let longest: ReadReply | undefined;
  let [good, bad] = [0, tooMany];
  while (bad - good > 1) {
    const middle = Math.floor((good + bad) / 2);
    try {
      longest = await read(middle);
      good = middle;
    } catch (error) {
      if (!isUnreadable(error)) throw error;
      bad = middle;
    }
  }
  return longest;
}

function unreadable({ mind, after = 0, order }: ReadRequest, cause: AppError): AppError {
  const where =
    order === 'desc' ? (after === 0 ? 'at its end' : `before position ${after}`) : `after position ${after}`;
  return new AppError('unavailable', `the log of ${mind} can't be read ${where}`, {
    cause,
    retryable: false,
  });
}
