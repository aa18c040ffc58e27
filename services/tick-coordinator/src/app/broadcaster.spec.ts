import { AppError, systemClock } from '#libs/kernel';
import { TestBroadcast, TestLog } from '../testing/test-log';
import { Broadcaster } from './broadcaster';

beforeEach(() => jest.useFakeTimers({ doNotFake: ['setImmediate', 'nextTick', 'queueMicrotask'] }));
afterEach(() => jest.useRealTimers());

const SHARD = 3;
const settle = async () => {
  for (let i = 0; i < 10; i++) await new Promise(setImmediate);
};

function broadcasting() {
  const log = new TestLog();
  const out = new TestBroadcast();
  const observed: string[] = [];
  const warnings: string[] = [];
  const alarms: string[] = [];
  const logger = {
    info: () => undefined,
    warn: (text: string) => warnings.push(text),
    error: () => undefined,
  };
  const broadcaster = new Broadcaster({
    log,
    out,
    clock: systemClock,
    logger,
    onEvents: (mind, events) => observed.push(`${mind} ${events.length}`),
    alarm: ({ mind, position, reason }) => alarms.push(`${mind} ${position}: ${reason}`),
  });
  broadcaster.take(SHARD);
  /** Commits one event and announces it. */
  const happen = (mind: string, announce = true) => {
    const { position } = log.put(mind, 'x.a');
    return announce ? said({ mind, from: position, to: position }) : Promise.resolve();
  };
  const said = (span: { mind: string; from: number; to: number }, again?: boolean) =>
    broadcaster.announced(SHARD, { spans: [span], again });
  return { log, out, observed, warnings, alarms, broadcaster, happen, said };
}

/** Holds reads until it is let go. */
function hold(log: TestLog): () => Promise<void> {
  let go: () => void = () => undefined;
  const held = new Promise<void>((resolve) => (go = resolve));
  log.before = () => held;
  return async () => {
    log.before = () => undefined;
    go();
    await settle();
  };
}

describe('the broadcaster', () => {
  it('reads at once and broadcasts each batch once', async () => {
    const { out, log, observed, happen } = broadcasting();
    for (let i = 0; i < 3; i++) await happen('ada');
    expect(out.spans()).toEqual(['ada 1-1', 'ada 2-2', 'ada 3-3']);
    expect(log.gathers).toHaveLength(3);
    expect(log.gathers[2]).toEqual({ ranges: [{ mind: 'ada', after: 2 }], purpose: 'broadcast' });
    expect(observed).toEqual(['ada 1', 'ada 1', 'ada 1']);
  });

  it('gives a batch its ends, hashes and events', async () => {
    const { out, log, happen } = broadcasting();
    await happen('ada', false);
    await happen('ada');
    const [first, second] = log.events('ada');
    expect(out.batches).toEqual([
      { v: 1, mind: 'ada', from: 2, to: 2, prevHash: first?.hash, headHash: second?.hash, events: [second] },
    ]);
  });

  it('makes one read of all that is announced while a read is in flight', async () => {
    const { out, log, happen } = broadcasting();
    const go = hold(log);
    const all = [happen('ada'), happen('ada'), happen('bob'), happen('cyd')];
    await settle();
    expect(log.gathers).toHaveLength(1);
    await go();
    await Promise.all(all);
    expect(log.gathers).toHaveLength(2);
    expect(log.gathers[1]?.ranges.map(({ mind }) => mind)).toEqual(['bob', 'cyd']);
    expect(out.spans()).toEqual(['ada 1-2', 'bob 1-1', 'cyd 1-1']);
  });

  it('ignores what is announced a second time without a reason', async () => {
    const { out, log, happen, said } = broadcasting();
    await happen('ada');
    await said({ mind: 'ada', from: 1, to: 1 });
    expect(out.spans()).toEqual(['ada 1-1']);
    expect(log.gathers).toHaveLength(1);
  });

  it('broadcasts again what nobody saw', async () => {
    const { out, happen, said } = broadcasting();
    for (let i = 0; i < 3; i++) await happen('ada');
    await said({ mind: 'ada', from: 2, to: 3 }, true);
    expect(out.spans().slice(3)).toEqual(['ada 2-3']);
  });

  it('broadcasts again also what was asked for while a read of later events was in flight', async () => {
    const { out, log, happen, said } = broadcasting();
    for (let i = 0; i < 3; i++) await happen('ada');
    const go = hold(log);
    const all = [happen('ada'), said({ mind: 'ada', from: 2, to: 3 }, true)];
    await go();
    await Promise.all(all);
    expect(out.spans().slice(3)).toEqual(['ada 4-4', 'ada 2-4']);
  });

  it('begins with an unknown mind where the announcement does, and fills gaps of a known one', async () => {
    const { out, happen } = broadcasting();
    for (let i = 0; i < 4; i++) await happen('ada', false);
    await happen('ada');
    expect(out.spans()).toEqual(['ada 5-5']);
    await happen('ada', false);
    await happen('ada');
    expect(out.spans()).toEqual(['ada 5-5', 'ada 6-7']);
  });

  it('goes on where a reply ended early, taking turns', async () => {
    const { out, log, broadcaster, happen } = broadcasting();
    log.room = 3;
    for (let i = 0; i < 5; i++) await happen('ada', false);
    for (let i = 0; i < 2; i++) await happen('bob', false);
    const spans = [
      { mind: 'ada', from: 1, to: 5 },
      { mind: 'bob', from: 1, to: 2 },
    ];
    await broadcaster.announced(SHARD, { spans });
    expect(out.spans()).toEqual(['ada 1-3', 'bob 1-2', 'ada 4-4', 'ada 5-5']);
  });

  it('takes in what the log has beyond the announcement', async () => {
    const { out, happen, said } = broadcasting();
    for (let i = 0; i < 3; i++) await happen('ada', false);
    await said({ mind: 'ada', from: 1, to: 1 });
    expect(out.spans()).toEqual(['ada 1-3']);
    await said({ mind: 'ada', from: 2, to: 3 });
    expect(out.batches).toHaveLength(1);
  });

  it('reads again, ever more slowly, while the log cannot be read', async () => {
    const { out, log, happen, warnings } = broadcasting();
    log.before = () => {
      throw new AppError('unavailable', 'down');
    };
    const happened = happen('ada');
    await jest.advanceTimersByTimeAsync(10_000);
    expect(log.gathers.length).toBeGreaterThan(9);
    expect(log.gathers.length).toBeLessThan(20);
    expect(warnings).toHaveLength(log.gathers.length);
    log.before = () => undefined;
    await jest.advanceTimersByTimeAsync(1_000);
    await happened;
    expect(out.spans()).toEqual(['ada 1-1']);
  });

  it('lets no mind hold up the others for good', async () => {
    const { out, log, broadcaster, happen } = broadcasting();
    for (const mind of ['ada', 'bad', 'cyd']) await happen(mind, false);
    log.before = () => {
      const last = log.gathers.at(-1);
      if (last?.ranges.some(({ mind }) => mind === 'bad')) throw new AppError('internal', 'this one');
    };
    const spans = ['ada', 'bad', 'cyd'].map((mind) => ({ mind, from: 1, to: 1 }));
    await broadcaster.announced(SHARD, { spans });
    expect(out.spans()).toEqual(['ada 1-1', 'cyd 1-1']);
  });

  it('broadcasts of a mind what comes before an event that cannot be read, and raises an alarm once a minute', async () => {
    const { out, log, broadcaster, happen, alarms } = broadcasting();
    for (let i = 0; i < 5; i++) await happen('bad', false);
    for (const mind of ['ada', 'bob', 'cyd', 'dot']) await happen(mind, false);
    const read = log.read.bind(log);
    log.read = async (request) => {
      if ((request.after ?? 0) >= 3) throw new AppError('unavailable', 'not readable', { retryable: false });
      return read({ ...request, limit: 3 });
    };
    log.before = (verb) => {
      const last = log.gathers.at(-1);
      if (verb === 'gather' && last?.ranges.some(({ mind }) => mind === 'bad'))
        throw new AppError('unavailable', 'not JSON', { retryable: false });
    };
    const spans = ['ada', 'bob', 'bad', 'cyd', 'dot'].map((mind) => ({ mind, from: 1, to: 1 }));
    await broadcaster.announced(SHARD, { spans });
    expect(out.spans().sort()).toEqual(['ada 1-1', 'bad 1-3', 'bob 1-1', 'cyd 1-1', 'dot 1-1']);
    expect(alarms).toEqual(['bad 4: not readable']);
    const again = () =>
      broadcaster.announced(SHARD, { spans: [{ mind: 'bad', from: 1, to: 5 }], again: true });
    await again();
    expect(alarms).toHaveLength(1);
    jest.advanceTimersByTime(61_000);
    await again();
    expect(alarms).toHaveLength(2);
  });

  it.each([
    ['a gap', { position: 7 }, 'an event of position 7'],
    ['an older position', { position: 2 }, 'an event of position 2'],
    ['another mind', { mind: 'ada' }, 'an event of ada'],
    ['another chain', { prevHash: 'e'.repeat(64) }, 'it does not follow the event before'],
    ['no meta', { meta: undefined }, 'no event'],
    ['no time', { at: 'some day' }, 'no event'],
  ])('broadcasts no event of %s and what follows it, and raises an alarm', async (_, wrong, reason) => {
    const { out, log, happen, said, alarms, observed } = broadcasting();
    for (let i = 0; i < 6; i++) await happen('bad', false);
    Object.assign(log.events('bad')[4] as object, wrong);
    await said({ mind: 'bad', from: 4, to: 6 });
    expect(out.spans()).toEqual(['bad 4-4']);
    expect(observed).toEqual(['bad 1']);
    expect(alarms).toEqual([`bad 5: ${reason}`]);
    expect(log.gathers).toHaveLength(1);
    await happen('ada');
    expect(out.spans()).toEqual(['bad 4-4', 'ada 1-1']);
  });

  it('raises an alarm when a batch does not follow the one before, which every cache sees for itself', async () => {
    const { out, log, happen, alarms } = broadcasting();
    for (let i = 0; i < 2; i++) await happen('bad');
    const third = log.put('bad', 'x.a');
    Object.assign(third, { prevHash: 'e'.repeat(64) });
    await happen('bad');
    expect(out.spans()).toEqual(['bad 1-1', 'bad 2-2', 'bad 3-4']);
    expect(alarms).toEqual(['bad 3: it does not follow what was broadcast before']);
  });

  it('gives up a mind that the log does not know, and one whose events do not exist', async () => {
    const { out, log, happen, said } = broadcasting();
    await said({ mind: 'nobody', from: 1, to: 1 });
    await happen('ada');
    await said({ mind: 'ada', from: 2, to: 9 });
    expect(out.spans()).toEqual(['ada 1-1']);
    expect(log.gathers).toHaveLength(3);
  });

  it('pauses when a read brings nothing that it should', async () => {
    const { log, happen } = broadcasting();
    log.room = 0;
    void happen('ada');
    await jest.advanceTimersByTimeAsync(10_000);
    expect(log.gathers.length).toBeLessThan(20);
    log.room = 1;
    await jest.advanceTimersByTimeAsync(1_000);
  });

  it('marks what was imported and shows the clock only what was not', async () => {
    const { out, log, observed, happen, said } = broadcasting();
    for (let i = 0; i < 3; i++) await happen('ada', false);
    log.importedTo = 3;
    await said({ mind: 'ada', from: 1, to: 3 });
    expect(out.batches).toMatchObject([{ importedTo: 3 }]);
    expect(observed).toEqual([]);
    await happen('ada');
    expect(out.batches[1]).not.toHaveProperty('importedTo');
    expect(observed).toEqual(['ada 1']);
  });

  it('broadcasts nothing of a shard that was given up while it was read', async () => {
    const { out, log, broadcaster, happen } = broadcasting();
    const go = hold(log);
    const happened = happen('ada');
    broadcaster.release(SHARD);
    await go();
    await happened;
    expect(out.spans()).toEqual([]);
    await happen('ada');
    expect(log.gathers).toHaveLength(1);
  });

  it('begins anew with a shard that comes back while the old read is still in flight', async () => {
    const { out, log, broadcaster, happen } = broadcasting();
    const go = hold(log);
    const before = happen('ada');
    broadcaster.release(SHARD);
    broadcaster.take(SHARD);
    const after = happen('ada');
    await go();
    await Promise.all([before, after]);
    expect(out.spans()).toEqual(['ada 2-2']);
  });

  it('lets a bug surface and goes on with the next announcement', async () => {
    const { out, log, happen } = broadcasting();
    log.before = () => {
      throw new TypeError('bug');
    };
    await expect(happen('ada')).rejects.toThrow('bug');
    log.before = () => undefined;
    await happen('ada');
    expect(out.spans()).toEqual(['ada 1-2']);
  });
});
