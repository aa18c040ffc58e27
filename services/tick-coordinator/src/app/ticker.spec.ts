import { AppError, eventId, systemClock } from '#libs/kernel';
import { TestLog } from '../testing/test-log';
import { ClockLoader } from './clock-loader';
import { ShardWarmup } from './shard-warmup';
import { TickAppender } from './tick-appender';
import { Ticker } from './ticker';

const INTERVAL = 10_000;
const HOUR = 3_600_000;
const START = Date.parse('2026-03-01T12:00:00.000Z');

beforeEach(() => jest.useFakeTimers({ now: START }));
afterEach(() => jest.useRealTimers());

const pass = (ms: number) => jest.advanceTimersByTimeAsync(ms);
const logger = { info: () => undefined, warn: () => undefined, error: () => undefined };

/** A coordinator over a log; whatever is appended is broadcast to it, as the feed does. */
function ticking(log = new TestLog(), { feed = true } = {}) {
  const reasons: string[] = [];
  const ticker = new Ticker({
    loader: new ClockLoader(log, INTERVAL),
    appender: new TickAppender(log, (reason) => reasons.push(reason)),
    clock: systemClock,
    logger,
    owns: () => true,
  });
  const seen = new Map<string, number>();
  const show = () => {
    for (const [mind, events] of log.minds) {
      const fresh = events.slice(seen.get(mind) ?? 0);
      seen.set(mind, events.length);
      if (fresh.length > 0) ticker.observe(mind, fresh);
    }
  };
  if (feed) log.onCommit = () => void setTimeout(show, 20);
  const gaps = (mind: string) => {
    const times = log.ticks(mind).map(({ at }) => at - START);
    return times.map((time, i) => Math.round((time - (times[i - 1] ?? 0)) / 1_000));
  };
  return { log, ticker, reasons, show, gaps };
}

describe('ticks by the clock', () => {
  it('come each interval while the mind is awake', async () => {
    const { log, gaps, reasons } = ticking();
    const chat = setInterval(() => log.put('ada', 'user_message'), 4_000);
    await pass(60_000);
    clearInterval(chat);
    expect(log.ticks('ada').map(({ tick }) => tick)).toEqual([1, 2, 3, 4, 5]);
    expect(gaps('ada')).toEqual([14, 10, 10, 10, 10]);
    expect(new Set(reasons)).toEqual(new Set(['heartbeat']));
  });

  it('take the interval of the mind', async () => {
    const log = new TestLog();
    log.intervals.set('ada', 1_000);
    ticking(log);
    log.put('ada', 'user_message');
    await pass(3_500);
    expect(log.ticks('ada')).toHaveLength(2);
  });

  it('come ever more slowly when nothing happens, and end after an hour', async () => {
    const { log, gaps } = ticking();
    log.put('ada', 'user_message');
    await pass(8 * HOUR);
    expect(gaps('ada').slice(0, 6)).toEqual([10, 10, 20, 40, 80, 160]);
    const count = log.ticks('ada').length;
    expect(count).toBeLessThan(15);
    await pass(24 * HOUR);
    expect(log.ticks('ada')).toHaveLength(count);
  });

  it('come again at once when a sleeping mind is woken', async () => {
    const { log } = ticking();
    log.put('ada', 'user_message');
    await pass(24 * HOUR);
    const before = log.ticks('ada').length;
    log.put('ada', 'user_message');
    await pass(1_000);
    expect(log.ticks('ada')).toHaveLength(before + 1);
    await pass(2 * INTERVAL);
    expect(log.ticks('ada')).toHaveLength(before + 3);
  });

  it('never come for a mind at position 0', async () => {
    const { log, ticker } = ticking();
    log.events('ada');
    await ticker.wake('ada');
    await pass(HOUR);
    expect(log.ticks('ada')).toEqual([]);
  });

  it('come once when something is due, not again and again', async () => {
    const { log } = ticking();
    const dueAt = new Date(START + 5 * HOUR).toISOString();
    log.put('ada', 'commitment_open', { dueAt });
    await pass(4.9 * HOUR);
    const before = log.ticks('ada').length;
    await pass(12 * HOUR);
    const due = log.ticks('ada').slice(before);
    expect(due).toMatchObject([{ reason: 'due' }]);
    expect(due[0]?.at).toBeGreaterThanOrEqual(START + 5 * HOUR);
    expect(due[0]?.at).toBeLessThan(START + 5 * HOUR + 100);
  });

  it('come once an interval for what is due while the feed does not show them', async () => {
    const { log, show } = ticking(new TestLog(), { feed: false });
    log.put('ada', 'commitment_open', { dueAt: new Date(START + 5 * HOUR).toISOString() });
    log.put('ada', 'autonomy_tick', { tick: 1, reason: 'heartbeat' }, START + 2 * HOUR);
    show();
    await pass(5 * HOUR + 60_000);
    expect(log.ticks('ada').length).toBeLessThanOrEqual(8);
  });

  it('are tried again when the log cannot be written now', async () => {
    const { log } = ticking();
    log.put('ada', 'user_message');
    await pass(5_000);
    log.before = (verb) => {
      if (verb === 'append') throw new AppError('unavailable', 'down');
    };
    await pass(30_000);
    expect(log.ticks('ada')).toEqual([]);
    log.before = () => undefined;
    await pass(2_500);
    expect(log.ticks('ada')).toMatchObject([{ tick: 1 }]);
  });

  it('end for a mind that was archived, and come again when it happens to be woken later', async () => {
    const { log, ticker } = ticking();
    log.put('ada', 'user_message');
    await pass(1_000);
    log.archived.add('ada');
    await pass(HOUR);
    expect(log.ticks('ada')).toEqual([]);
    expect(ticker.knows('ada')).toBe(false);
    await ticker.wake('ada');
    await pass(HOUR);
    expect(log.calls.filter((call) => call === 'append').length).toBeLessThanOrEqual(1);
    log.archived.delete('ada');
    log.put('ada', 'user_message');
    await pass(1_000);
    expect(log.ticks('ada')).toMatchObject([{ tick: 1 }]);
  });

  it('come again for a mind that was woken while the answer that it is archived was on its way', async () => {
    const { log, ticker } = ticking();
    log.put('ada', 'user_message');
    let refusals = 0;
    log.before = (verb) => {
      if (verb === 'append' && refusals++ === 0) throw new AppError('forbidden', 'ada is archived');
    };
    await pass(60_000);
    expect(refusals).toBeGreaterThan(1);
    expect(ticker.knows('ada')).toBe(true);
    expect(log.ticks('ada')).not.toEqual([]);
  });

  it('come for what fell due in the archive once the mind is woken', async () => {
    const { log, ticker } = ticking();
    log.archived.add('ada');
    const dueAt = new Date(START + 2 * HOUR).toISOString();
    log.put('ada', 'commitment_open', { cid: 'c', source: 'api', dueAt }, START - 3 * HOUR);
    await pass(3 * HOUR);
    expect(log.ticks('ada')).toEqual([]);
    log.archived.delete('ada');
    await ticker.wake('ada');
    await pass(1_000);
    expect(log.ticks('ada')).toHaveLength(1);
  });

  it('come on time though the clock could not be read at first', async () => {
    const log = new TestLog();
    const { ticker } = ticking(log);
    log.before = (verb) => {
      if (verb !== 'append') throw new AppError('timeout', 'slow');
    };
    log.put('ada', 'user_message');
    await pass(5_000);
    expect(ticker.knows('ada')).toBe(true);
    log.before = () => undefined;
    await pass(10_000);
    expect(log.ticks('ada')).toMatchObject([{ tick: 1 }]);
  });

  it('end when the shard is given up, also with a tick or a retry under way', async () => {
    const { log, ticker } = ticking();
    for (const mind of ['ada', 'bob', 'cyd']) log.put(mind, 'user_message');
    await pass(9_000);
    let go: () => void = () => undefined;
    log.before = (verb, mind) => {
      if (verb === 'append' && mind === 'bob') throw new AppError('unavailable', 'down');
      return verb === 'append' && mind === 'cyd' ? new Promise<void>((resolve) => (go = resolve)) : undefined;
    };
    await pass(1_500);
    expect(log.ticks('ada')).toHaveLength(1);
    ticker.stop();
    log.onCommit = () => undefined;
    go();
    log.before = () => undefined;
    await pass(HOUR);
    expect(log.ticks('ada')).toHaveLength(1);
    expect(log.ticks('bob')).toHaveLength(0);
    expect(log.ticks('cyd')).toHaveLength(1);
    expect(jest.getTimerCount()).toBe(0);
  });
});

describe('a tick on request', () => {
  const known = async () => {
    const parts = ticking();
    parts.log.put('ada', 'user_message');
    await pass(1_000);
    return parts;
  };

  it('is appended at once', async () => {
    const { log, ticker, reasons } = await known();
    await expect(ticker.request('ada')).resolves.toEqual({ tick: 1, position: 2 });
    expect(log.events('ada')[1]).toMatchObject({ id: eventId('ada', 'tick', 1), content: '' });
    expect(reasons).toEqual(['requested']);
  });

  it.each([
    ['is stored', 1],
    ['fails', 0],
  ])(
    'comes after the one that is under way, once for all who ask meanwhile, also when that one %s',
    async (_, ticks) => {
      const { log, ticker } = await known();
      let end: (error?: Error) => void = () => undefined;
      log.before = () =>
        new Promise<void>((resolve, reject) => (end = (error) => (error ? reject(error) : resolve())));
      const first = ticker.request('ada').catch((error: unknown) => error);
      await pass(10);
      const meanwhile = Array.from({ length: 5 }, (_, n) => ticker.request('ada', `k${n}`));
      await pass(10);
      log.before = () => undefined;
      end(ticks === 1 ? undefined : new AppError('invalid_event', 'broken'));
      const replies = await Promise.all(meanwhile);
      expect(new Set(replies.map(({ tick }) => tick))).toEqual(new Set([ticks + 1]));
      expect(await first).toMatchObject(ticks === 1 ? { tick: 1 } : { code: 'invalid_event' });
      expect(log.ticks('ada')).toHaveLength(ticks + 1);
    },
  );

  it('is one tick when its request comes again while it is under way', async () => {
    const { log, ticker } = await known();
    let go: () => void = () => undefined;
    log.before = () => new Promise<void>((resolve) => (go = resolve));
    const first = ticker.request('ada', 'k1');
    await pass(10);
    const [again, other] = [ticker.request('ada', 'k1'), ticker.request('ada', 'k2')];
    await pass(10);
    log.before = () => undefined;
    go();
    expect(await again).toEqual(await first);
    await expect(other).resolves.toMatchObject({ tick: 2 });
    expect(log.ticks('ada')).toHaveLength(2);
  });

  it('is shared by all who ask in the same moment', async () => {
    const { log, ticker } = await known();
    let go: () => void = () => undefined;
    log.before = () => new Promise<void>((resolve) => (go = resolve));
    const asked = Array.from({ length: 20 }, () => ticker.request('ada'));
    await pass(10);
    go();
    expect(new Set((await Promise.all(asked)).map(({ tick }) => tick))).toEqual(new Set([1]));
    log.before = () => undefined;
    await expect(ticker.request('ada')).resolves.toMatchObject({ tick: 2 });
  });

  it('is one tick when the request comes again, by its key', async () => {
    const { log, ticker } = await known();
    const first = await ticker.request('ada', 'k1');
    log.put('ada', 'x.a');
    await pass(50);
    expect(await ticker.request('ada', 'k1')).toEqual(first);
    await expect(ticker.request('ada', 'k2')).resolves.toMatchObject({ tick: 2 });
    expect(log.ticks('ada')).toHaveLength(2);
  });

  it('is one tick when two coordinators are asked at a hand-over, and when its append had to be sent again', async () => {
    const { log, ticker } = await known();
    const other = ticking(log, { feed: false }).ticker;
    expect(await other.request('ada', 'k1')).toEqual(await ticker.request('ada', 'k1'));
    await expect(other.request('ada', 'k2')).resolves.toMatchObject({ tick: 2 });
    await expect(ticker.request('ada', 'k3')).resolves.toMatchObject({ tick: 3 });
    expect(log.ticks('ada')).toHaveLength(3);
  });

  it.each(['that wrote it', 'that only hears of it', 'that reads of it', 'that finds its number taken'])(
    'is one tick when its answer was lost, others followed, and it comes again: at a coordinator %s',
    async (which) => {
      const { log, ticker } = await known();
      const other = ticking(log, { feed: which === 'that only hears of it' }).ticker;
      if (which === 'that finds its number taken') await other.wake('ada');
      const append = log.append.bind(log);
      log.append = async (request) => {
        await append(request);
        throw new AppError('timeout', 'the answer was lost');
      };
      await expect(ticker.request('ada', 'k1')).rejects.toMatchObject({ code: 'timeout' });
      log.append = append;
      await pass(50);
      await expect(ticker.request('ada', 'k2')).resolves.toMatchObject({ tick: 2 });
      if (which === 'that finds its number taken')
        await expect(other.request('ada', 'k3')).resolves.toMatchObject({ tick: 3 });
      const asked = which === 'that wrote it' ? ticker : other;
      await expect(asked.request('ada', 'k1')).resolves.toEqual({ tick: 1, position: 2 });
      expect(log.ticks('ada')).toHaveLength(which === 'that finds its number taken' ? 3 : 2);
    },
  );

  it('that comes again after a restart gets its own answer, and one that comes at the same time its own tick', async () => {
    const { log, ticker } = await known();
    const first = await ticker.request('ada', 'k1');
    for (let n = 0; n < 80; n++) await ticker.request('ada');
    const next = ticking(log, { feed: false }).ticker;
    const answers = await Promise.all([next.request('ada', 'k1'), next.request('ada', 'k2')]);
    expect(answers).toEqual([first, { tick: 82, position: 83 }]);
    const other = ticking(log, { feed: false }).ticker;
    const again = await Promise.all([other.request('ada', 'k3'), other.request('ada', 'k1')]);
    expect(again).toEqual([{ tick: 83, position: 84 }, first]);
  });

  /** A coordinator that knows the mind, and not of the tick for `k1` that another one has written since. */
  const behind = async () => {
    const { log, ticker } = await known();
    const other = ticking(log, { feed: false }).ticker;
    await other.request('ada', 'k0');
    await pass(50);
    return { log, other, first: await ticker.request('ada', 'k1') };
  };

  it('is not answered by the old tick of a request that comes again at the same time', async () => {
    const { other, first } = await behind();
    const answers = await Promise.all([other.request('ada', 'k1'), other.request('ada', 'k2')]);
    expect(answers).toEqual([first, { tick: 3, position: 4 }]);
  });

  it('is one tick when it comes again while its append is sent again', async () => {
    const { other, first } = await behind();
    const answers = await Promise.all([other.request('ada', 'k1'), other.request('ada', 'k1')]);
    expect(answers).toEqual([first, first]);
  });

  it('is one tick when the log could not be read after its number was found taken', async () => {
    const { log, other, first } = await behind();
    log.before = (verb) => {
      if (verb === 'read') throw new AppError('timeout', 'slow');
    };
    await expect(other.request('ada', 'k3')).rejects.toMatchObject({ code: 'timeout' });
    log.before = () => undefined;
    await expect(other.request('ada', 'k1')).resolves.toEqual(first);
    expect(log.ticks('ada')).toHaveLength(2);
  });

  it('reads nothing once its mind is known', async () => {
    const { log, ticker } = await known();
    await ticker.request('ada', 'k1');
    const before = log.calls.length;
    await ticker.request('ada', 'k2');
    await ticker.request('ada', 'k2');
    expect(log.calls.slice(before)).toEqual(['append']);
  });

  it('has nothing to do with requests that an imported log or an old tick answered', async () => {
    const log = new TestLog();
    log.put('ada', 'autonomy_tick', { tick: 1, reason: 'requested', key: 'k1' });
    log.importedTo = 1;
    const old = Date.now() - HOUR;
    log.put('bob', 'x.a', {}, old);
    log.put('bob', 'autonomy_tick', { tick: 1, reason: 'requested', key: 'k1' }, old);
    const { ticker } = ticking(log, { feed: false });
    await expect(ticker.request('ada', 'k1')).resolves.toMatchObject({ tick: 2 });
    await expect(ticker.request('bob', 'k1')).resolves.toMatchObject({ tick: 2 });
  });

  it('takes the next number when another coordinator took this one, with the same reason or another', async () => {
    const { log, ticker } = await known();
    const other = ticking(log, { feed: false }).ticker;
    await other.request('ada');
    await other.request('ada');
    log.put('ada', 'x.a');
    await expect(ticker.request('ada')).resolves.toMatchObject({ tick: 3, position: 5 });
    expect(log.ticks('ada').map(({ tick }) => tick)).toEqual([1, 2, 3]);
  });

  it('ticks itself when the clock tick that it shared was another coordinator’s', async () => {
    const { log, ticker } = await known();
    await pass(8_500);
    let go: () => void = () => undefined;
    log.before = (verb) => (verb === 'append' ? new Promise<void>((resolve) => (go = resolve)) : undefined);
    await pass(1_000);
    const asked = ticker.request('ada');
    await pass(10);
    log.before = () => undefined;
    const other = ticking(log, { feed: false }).ticker;
    await other.request('ada');
    go();
    await expect(asked).resolves.toMatchObject({ tick: 2 });
    expect(log.ticks('ada')).toMatchObject([{ tick: 1 }, { tick: 2, reason: 'requested' }]);
  });

  it('is unknown_mind, or what else the log says, and can be asked for again', async () => {
    const { log, ticker } = await known();
    await expect(ticker.request('nobody')).rejects.toMatchObject({ code: 'unknown_mind' });
    expect(ticker.knows('nobody')).toBe(false);
    log.before = () => {
      throw new AppError('timeout', 'slow');
    };
    await expect(ticker.request('bob')).rejects.toMatchObject({ code: 'timeout' });
    await expect(ticker.request('ada')).rejects.toMatchObject({ code: 'timeout' });
    log.before = () => undefined;
    log.put('bob', 'user_message');
    await expect(ticker.request('bob')).resolves.toMatchObject({ tick: 1 });
    await expect(ticker.request('ada')).resolves.toMatchObject({ tick: 1 });
  });

  it('of an archived mind is refused', async () => {
    const { log, ticker } = await known();
    log.put('bob', 'user_message');
    log.archived.add('bob').add('ada');
    await expect(ticker.request('bob')).rejects.toMatchObject({ code: 'forbidden' });
    await expect(ticker.request('ada')).rejects.toMatchObject({ code: 'forbidden' });
  });
});

describe('after a restart', () => {
  it('an awake mind ticks within two intervals, with the next number', async () => {
    const log = new TestLog();
    const before = ticking(log);
    const chat = setInterval(() => log.put('ada', 'user_message'), 4_000);
    await pass(45_000);
    before.ticker.stop();
    const ticks = log.ticks('ada').length;
    const { ticker } = ticking(log);
    const warmup = new ShardWarmup({ log, ticker, clock: systemClock, logger, owns: () => true });
    void warmup.run(0);
    await pass(2 * INTERVAL);
    clearInterval(chat);
    expect(log.ticks('ada').length).toBeGreaterThan(ticks);
    const numbers = log.ticks('ada').map(({ tick }) => tick);
    expect(numbers).toEqual(numbers.map((_, i) => i + 1));
  });

  it('quiet minds that sleep towards a due time are found too, all of them', async () => {
    const log = new TestLog();
    const dueAt = new Date(START + 2 * HOUR).toISOString();
    const minds = Array.from({ length: 35 }, (_, n) => `mind-${n}`);
    for (const mind of minds) {
      log.put(mind, 'commitment_open', { dueAt }, START - 20 * HOUR);
      log.put(mind, 'autonomy_tick', { tick: 8, reason: 'heartbeat' }, START - 10 * HOUR);
    }
    const { ticker } = ticking(log, { feed: false });
    const warmup = new ShardWarmup({ log, ticker, clock: systemClock, logger, owns: () => true });
    void warmup.run(0);
    await pass(2 * HOUR + 1_000);
    for (const mind of minds) expect(log.ticks(mind).at(-1)).toMatchObject({ tick: 9, reason: 'due' });
  });

  it('the minds are listed when the log is back, and not for a shard that was given up', async () => {
    const log = new TestLog();
    log.put('ada', 'user_message');
    log.before = (verb) => {
      if (verb === 'heads') throw new AppError('unavailable', 'down');
    };
    const { ticker } = ticking(log, { feed: false });
    const owned = new Set([0, 1]);
    const warmup = new ShardWarmup({
      log,
      ticker,
      clock: systemClock,
      logger,
      owns: (shard) => owned.has(shard),
    });
    const [first, second] = [warmup.run(0), warmup.run(1)];
    await pass(5_000);
    owned.delete(1);
    await pass(2_000);
    await second;
    expect(ticker.knows('ada')).toBe(false);
    log.before = () => undefined;
    await pass(2_000);
    await first;
    expect(ticker.knows('ada')).toBe(true);
  });

  /** Seven ticks; they, and what the log held before them, were imported. */
  const importTicks = (log: TestLog) => {
    for (let tick = 1; tick <= 7; tick++) log.put('ada', 'autonomy_tick', { tick, reason: 'heartbeat' });
    log.importedTo = log.events('ada').length;
  };
  /** A coordinator that has read the clock of a mind without events. */
  const knownEmpty = async () => {
    const log = new TestLog();
    log.minds.set('ada', []);
    const parts = ticking(log, { feed: false });
    await parts.ticker.wake('ada');
    return parts;
  };

  it('imported ticks count for the number and nothing imported wakes', async () => {
    const log = new TestLog();
    log.put('ada', 'user_message');
    importTicks(log);
    const { ticker } = ticking(log, { feed: false });
    await ticker.wake('ada');
    await pass(HOUR);
    expect(log.ticks('ada')).toHaveLength(7);
    await expect(ticker.request('ada')).resolves.toMatchObject({ tick: 8 });
  });

  it('ticks that came by an import after the clock was read count too', async () => {
    const { log, ticker, show } = await knownEmpty();
    log.put('ada', 'user_message');
    importTicks(log);
    await expect(ticker.request('ada')).resolves.toMatchObject({ tick: 8 });
    await expect(ticker.request('ada')).resolves.toMatchObject({ tick: 9 });
    show();
    await expect(ticker.request('ada')).resolves.toMatchObject({ tick: 10 });
  });

  it('ticks of an import that came before what is shown count too', async () => {
    const { log, ticker } = await knownEmpty();
    importTicks(log);
    ticker.observe('ada', [log.put('ada', 'user_message')]);
    await pass(INTERVAL + 100);
    expect(log.ticks('ada').map(({ tick }) => tick)).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
  });

  it('and they do so though whoever is asked first does not know of it yet', async () => {
    const { log, ticker } = await knownEmpty();
    importTicks(log);
    const shown = log.put('ada', 'user_message');
    const all = log.events('ada');
    log.minds.set('ada', []);
    ticker.observe('ada', [shown]);
    await pass(100);
    log.minds.set('ada', all);
    await pass(INTERVAL + 2_500);
    expect(log.ticks('ada').at(-1)).toMatchObject({ tick: 8, reason: 'heartbeat' });
  });

  it('of a log that was not empty may follow what its clock does not know of', async () => {
    const log = new TestLog();
    log.put('ada', 'user_message');
    const { ticker } = ticking(log, { feed: false });
    await ticker.wake('ada');
    log.put('ada', 'user_message');
    await expect(ticker.request('ada')).resolves.toMatchObject({ tick: 1 });
  });
});
