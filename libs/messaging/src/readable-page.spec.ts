import type { ReadRequest } from '#libs/contracts';
import { AppError } from '#libs/kernel';
import { readablePage } from './readable-page';
import { TestLog } from './testing/test-log';

const MIND = 'ada';

/** A log of so many events, of which the one at `spoilt` makes each page that holds it unreadable. */
function spoiltAt(spoilt: number, events = 1_000) {
  const log = new TestLog();
  log.put(MIND, ...Array.from({ length: events }, () => ({ kind: 'x.note' })));
  const code = spoilt % 2 === 0 ? 'unavailable' : 'too_large';
  const read = (request: ReadRequest) => {
    const { after = 0, limit = 1_000 } = request;
    if (after < spoilt && spoilt <= after + limit) {
      log.reads.push(request);
      return Promise.reject(new AppError(code, 'no page', { retryable: false }));
    }
    return log.read(request);
  };
  const page = (request: Partial<ReadRequest>) =>
    readablePage({ mind: MIND, purpose: 'query', ...request }, read);
  return { log, page };
}

describe('a page of a log with an event that cannot be read', () => {
  it.each([2, 3, 500, 777, 1_000])('ends before position %i, by at most ten more reads', async (spoilt) => {
    const { log, page } = spoiltAt(spoilt);
    const { events } = await page({});
    expect(events.map(({ position }) => position)).toEqual(
      Array.from({ length: spoilt - 1 }, (_, n) => n + 1),
    );
    expect(log.reads.length).toBeLessThanOrEqual(11);
  });

  it('is refused for good when that is its first event, and says where', async () => {
    const { log, page } = spoiltAt(6);
    await expect(page({ after: 5 })).rejects.toMatchObject({
      code: 'unavailable',
      retryable: false,
      message: "the log of ada can't be read after position 5",
    });
    expect(log.reads.length).toBeLessThanOrEqual(11);
  });

  it('is read once when nothing is wrong with it, or when the log is gone for a while', async () => {
    const { log, page } = spoiltAt(6);
    expect((await page({ limit: 5 })).events).toHaveLength(5);
    expect(log.reads).toHaveLength(1);
    const read = jest.fn(() => Promise.reject(new AppError('unavailable', 'down')));
    await expect(readablePage({ mind: MIND, purpose: 'query' } as ReadRequest, read)).rejects.toThrow('down');
    expect(read).toHaveBeenCalledTimes(1);
  });
});
