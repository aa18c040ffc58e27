import { systemClock } from '#libs/kernel';
import { TestLog } from '../testing/test-log';
import { ClockLoader } from './clock-loader';
import { TickAppender } from './tick-appender';
import { Ticker } from './ticker';

const INTERVAL = 10_000;
const ANSWER_MS = 5;
const MINDS = Array.from({ length: 1_000 }, (_, n) => `mind-${n}`);
/** Event-log takes 5,000 requests at once, and users have theirs. */
const FEW = 300;

beforeEach(() => jest.useFakeTimers());
afterEach(() => jest.useRealTimers());

const pass = (ms: number) => jest.advanceTimersByTimeAsync(ms);

/** A coordinator that has just taken the shards of many minds in which something happened; the log answers in 5 ms. */
function taking() {
  const log = new TestLog();
  const warnings: string[] = [];
  let owned = true;
  const ticker = new Ticker({
    loader: new ClockLoader(log, INTERVAL),
    appender: new TickAppender(log, () => undefined),
    clock: systemClock,
    logger: {
      info: () => undefined,
      error: () => undefined,
      warn: (text: string) => void warnings.push(text),
    },
    owns: () => owned,
  });
  const load = { now: 0, most: 0 };
  log.before = async () => {
    load.most = Math.max(load.most, ++load.now);
    await new Promise((resolve) => setTimeout(resolve, ANSWER_MS));
    load.now -= 1;
  };
  for (const mind of MINDS) {
    log.put(mind, 'user_message');
    log.put(mind, 'assistant_message');
  }
  const show = (mind: string, after: number) => ticker.observe(mind, log.events(mind).slice(after));
  const giveUp = () => {
    owned = false;
    ticker.release();
  };
  return { log, ticker, load, warnings, show, giveUp };
}

describe('a coordinator of many minds', () => {
  it('reads few clocks at once, those of all in the end, and none of them twice', async () => {
    const { log, ticker, load, show } = taking();
    for (const mind of MINDS) show(mind, 1);
    for (const mind of MINDS) show(mind, 1);
    await pass(2_000);
    expect(load.most).toBeLessThan(FEW);
    expect(MINDS.filter((mind) => !ticker.knows(mind))).toEqual([]);
    expect(log.calls.filter((verb) => verb === 'mind')).toHaveLength(MINDS.length);
    await pass(INTERVAL);
    expect(MINDS.filter((mind) => log.ticks(mind).length !== 1)).toEqual([]);
    expect(load.most).toBeLessThan(FEW);
  });

  it('knows what was broadcast while a clock waited to be read', async () => {
    const { log, ticker, show } = taking();
    for (const mind of MINDS) show(mind, 1);
    const last = MINDS.at(-1) ?? '';
    const dueAt = new Date(Date.now() + 5_000).toISOString();
    log.put(last, 'autonomy_tick', { tick: 7, reason: 'heartbeat' });
    log.put(last, 'commitment_open', { dueAt });
    show(last, 2);
    expect(ticker.knows(last)).toBe(true);
    await pass(INTERVAL + 3_000);
    expect(log.ticks(last).map(({ tick }) => tick)).toEqual([7, 8]);
  });

  it('reads all of a new mind whose turn comes late', async () => {
    const { log, show } = taking();
    for (const mind of MINDS) show(mind, 1);
    log.put('new', 'user_message');
    show('new', 0);
    await pass(2 * INTERVAL);
    expect(log.ticks('new')).toMatchObject([{ tick: 1 }]);
  });

  it('ticks at once on request, also a mind whose clock waits to be read', async () => {
    const { ticker, show } = taking();
    for (const mind of MINDS) show(mind, 1);
    const replies: unknown[] = [];
    void ticker.request(MINDS.at(-1) ?? '').then((reply) => replies.push(reply));
    await pass(4 * ANSWER_MS);
    expect(replies).toMatchObject([{ tick: 1 }]);
  });

  it('knows the ticks among the first events of a mind when a request comes while it is read', async () => {
    const { log, ticker, show } = taking();
    log.put('new', 'user_message');
    log.put('new', 'autonomy_tick', { tick: 1, reason: 'heartbeat' });
    show('new', 0);
    await pass(1);
    const reply = ticker.request('new');
    await pass(10 * ANSWER_MS);
    await expect(reply).resolves.toMatchObject({ tick: 2 });
  });

  it('reads no clock of a mind that it gave up while it waited', async () => {
    const { log, ticker, show, giveUp, warnings } = taking();
    for (const mind of MINDS) show(mind, 1);
    await pass(ANSWER_MS);
    giveUp();
    const asked = log.calls.length;
    await pass(3 * INTERVAL);
    expect(log.calls.length).toBeLessThanOrEqual(asked + FEW);
    expect(MINDS.filter((mind) => ticker.knows(mind))).toEqual([]);
    expect(MINDS.filter((mind) => log.ticks(mind).length > 0)).toEqual([]);
    expect(warnings).toEqual([]);
  });
});
