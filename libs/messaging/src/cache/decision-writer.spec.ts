import type { AppendReply, NewEvent } from '#libs/contracts';
import { AppError, systemClock } from '#libs/kernel';
import { TestBed } from '../testing/test-cache';
import { DecisionWriter } from './decision-writer';

const EVENTS: NewEvent[] = [
  { id: '00000000-0000-4000-8000-000000000001', kind: 'x.a', content: '', meta: {} },
];
const REPLY: AppendReply = { from: 4, to: 4, headHash: 'f', duplicate: false };

beforeEach(() => jest.useFakeTimers());
afterEach(() => jest.useRealTimers());

/** A writer whose appends answer these one after the other, the last one again and again. */
function writing(...answers: (AppendReply | Error | 'never')[]) {
  const bed = new TestBed();
  const times: number[] = [];
  const append = (): Promise<AppendReply> => {
    times.push(Date.now());
    const answer = answers[Math.min(times.length, answers.length) - 1];
    if (answer === 'never') return new Promise(() => undefined);
    return answer instanceof Error || !answer
      ? Promise.reject(answer ?? new Error())
      : Promise.resolve(answer);
  };
  const log = (message: string) => void bed.logged.push(message);
  const logger = { info: log, warn: log, error: log };
  return { bed, times, writer: new DecisionWriter({ append }, bed.metrics, systemClock, logger) };
}

async function outcome(parts: ReturnType<typeof writing>, ms = 15_000) {
  const result = parts.writer.write('ada', 'rule', EVENTS);
  const settled = Promise.allSettled([result]);
  await jest.advanceTimersByTimeAsync(ms);
  return (await settled)[0];
}

describe('writing a decision', () => {
  it('says up to where it is in the log', async () => {
    expect(await outcome(writing(REPLY))).toMatchObject({ value: { done: true, until: 4 } });
  });

  it('takes duplicate and id_conflict for decided already', async () => {
    const duplicate = writing({ ...REPLY, duplicate: true, to: 2 });
    expect(await outcome(duplicate)).toMatchObject({ value: { done: true, until: 2 } });
    expect(await duplicate.bed.counter('pmm_decisions_total{rule="rule",result="duplicate"}')).toBe(1);
    const head = { position: 9, hash: 'f' };
    const conflict = writing(new AppError('id_conflict', 'other', { head }));
    expect(await outcome(conflict)).toMatchObject({ value: { done: true, until: 9 } });
    expect(conflict.times).toHaveLength(1);
  });

  it('tries again what may succeed later, ever more slowly, for at most 10 s', async () => {
    const down = new AppError('unavailable', 'down');
    const recovered = writing(down, down, REPLY);
    expect(await outcome(recovered)).toMatchObject({ value: { done: true, until: 4 } });
    const [first = 0, second = 0, third = 0] = recovered.times;
    expect([second - first, third - second]).toEqual([50, 100]);
    const lost = writing(down);
    expect(await outcome(lost)).toMatchObject({ value: { done: false } });
    expect((lost.times.at(-1) ?? 0) - (lost.times[0] ?? 0)).toBeLessThanOrEqual(10_000);
    expect(lost.bed.logged).toHaveLength(1);
  });

  it('gives up at once what can never succeed', async () => {
    const refused = writing(new AppError('invalid_event', 'no'));
    expect(await outcome(refused)).toMatchObject({ value: { done: false } });
    expect(refused.times).toHaveLength(1);
  });

  it('lets what is no AppError surface', async () => {
    expect(await outcome(writing(new TypeError('bug')))).toMatchObject({ status: 'rejected' });
  });

  it('ends with its process: nothing is tried again, and an append without answer is waited for 2 s', async () => {
    const parts = writing(new AppError('unavailable', 'down'), 'never');
    const written = parts.writer.write('ada', 'rule', EVENTS);
    const hanging = writing('never');
    void hanging.writer.write('ada', 'rule', EVENTS);
    let ended = 0;
    void Promise.all([parts.writer.idle(), hanging.writer.idle()]).then(() => (ended = Date.now()));
    const began = Date.now();
    await jest.advanceTimersByTimeAsync(5_000);
    await expect(written).resolves.toEqual({ done: false });
    expect(ended - began).toBe(2_000);
  });
});
