import { TestLog } from '../testing/test-log';
import { readRange } from './mind-reader';

const wait = { timeoutMs: 1_000 };
const request = { mind: 'ada', after: 0, to: Infinity, purpose: 'warmup', wait } as const;

function longLog(events: number): TestLog {
  const log = new TestLog();
  log.put('ada', ...Array.from({ length: events }, () => ({ kind: 'x.note' })));
  return log;
}

describe('reading a range', () => {
  it('asks for the next pages before the caller has done with this one, and for no more', async () => {
    const log = longLog(2_500);
    const asked: number[] = [];
    let positions = 0;
    for await (const { events } of readRange(log, request)) {
      asked.push(log.reads.length);
      positions += events.length;
    }
    expect(asked).toEqual([3, 3, 3]);
    expect(positions).toBe(2_500);
    expect(log.reads.map(({ after, limit }) => [after, limit])).toEqual([
      [0, 1_000],
      [1_000, 1_000],
      [2_000, 500],
    ]);
  });

  it('reads exactly what is wanted, and nothing of an empty range', async () => {
    const log = longLog(2_500);
    const seen: number[] = [];
    for await (const { events } of readRange(log, { ...request, after: 900, to: 2_100 }))
      seen.push(...events.map(({ position }) => position));
    expect(seen).toEqual(Array.from({ length: 1_200 }, (_, i) => 901 + i));
    for await (const page of readRange(log, { ...request, after: 5, to: 5 })) expect(page).toBeUndefined();
    expect(log.reads.map(({ after, limit }) => [after, limit])).toEqual([
      [900, 1_000],
      [1_900, 200],
    ]);
  });

  it('asks anew where a page was cut short, and for pages of that length from then on', async () => {
    const log = longLog(3_000);
    const read = log.read.bind(log);
    const short: Pick<TestLog, 'read'> = {
      read: (asked) => read({ ...asked, limit: Math.min(asked.limit ?? 1_000, 400) }),
    };
    const seen: number[] = [];
    for await (const { events } of readRange(short, request))
      seen.push(...events.map(({ position }) => position));
    expect(seen).toEqual(Array.from({ length: 3_000 }, (_, i) => 1 + i));
    expect(log.reads.map(({ after }) => after)).toEqual([0, 400, 800, 1_200, 1_600, 2_000, 2_400, 2_800]);
  });

  it('leaves a failure of a page that nobody waits for alone', async () => {
    const log = longLog(2_500);
    log.beforeRead = ({ after = 0 }) => {
      if (after > 0) throw new Error('gone');
    };
    for await (const { events } of readRange(log, request)) {
      expect(events).toHaveLength(1_000);
      break;
    }
    await new Promise(setImmediate);
    await expect(async () => {
      for await (const page of readRange(log, request)) expect(page.events).toHaveLength(1_000);
    }).rejects.toThrow('gone');
  });
});
