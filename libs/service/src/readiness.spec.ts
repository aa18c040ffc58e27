import { AppError, systemClock } from '#libs/kernel';
import { Readiness } from './readiness';

let link: { state: 'connected' | 'reconnecting' | 'closed' };
let joined: boolean;
let checks: { done: () => void; fail: (error: Error) => void }[];
let logged: string[];
let readiness: Readiness;

beforeEach(() => {
  jest.useFakeTimers();
  [link, joined, checks, logged] = [{ state: 'connected' }, true, [], []];
  const note = (message: string) => void logged.push(message);
  readiness = new Readiness({
    link,
    ownership: { serves: () => joined },
    clock: systemClock,
    log: { info: note, warn: note, error: note },
    reliesOn: () => new Promise((done, fail) => void checks.push({ done, fail })),
  });
});
afterEach(() => jest.useRealTimers());

const pass = (ms: number) => jest.advanceTimersByTimeAsync(ms);

describe('a process', () => {
  it('serves from its start to its stop, while it is connected and has joined the others', () => {
    expect(readiness.ownFault()).toBe('starting');
    readiness.open();
    expect(readiness.serves()).toBe(true);
    link.state = 'reconnecting';
    expect(readiness.ownFault()).toBe('NATS: reconnecting');
    link.state = 'connected';
    joined = false;
    expect(readiness.ownFault()).toMatch(/^joining/);
    joined = true;
    expect(readiness.serves()).toBe(true);
    readiness.close();
    expect(readiness.ownFault()).toBe('stopping');
  });

  it('tells when it serves for the first time, or that it stops before', async () => {
    joined = false;
    readiness.open();
    const told: boolean[] = [];
    const wait = () => void readiness.whenServing().then((serving) => told.push(serving));
    wait();
    await pass(60_000);
    expect(told).toEqual([]);
    joined = true;
    await pass(50);
    expect(told).toEqual([true]);
    joined = false;
    wait();
    await pass(1_000);
    readiness.close();
    await pass(50);
    expect(told).toEqual([true, false]);
  });
});

describe('what a process relies on', () => {
  beforeEach(() => readiness.open());

  it('is asked for at most once a second, and only by one that serves itself', async () => {
    joined = false;
    expect(await readiness.fault()).toMatch(/^joining/);
    expect(checks).toHaveLength(0);
    joined = true;
    const two = Promise.all([readiness.fault(), readiness.fault()]);
    checks[0]?.done();
    expect(await two).toEqual([null, null]);
    await pass(999);
    expect(await readiness.fault()).toBeNull();
    expect(checks).toHaveLength(1);
    await pass(1);
    const next = readiness.fault();
    checks[1]?.fail(new AppError('unavailable', 'the database does not answer'));
    expect(await next).toBe('the database does not answer');
    expect(await readiness.fault()).toBe('the database does not answer');
    expect(checks).toHaveLength(2);
  });

  it('counts as away when it takes long, and is not asked again before that has ended', async () => {
    for (let n = 0; n < 5; n++) {
      const fault = readiness.fault();
      await pass(1_500);
      expect(await fault).toBe('no answer in time');
    }
    expect(checks).toHaveLength(1);
    checks[0]?.done();
    await pass(0);
    const next = readiness.fault();
    checks[1]?.done();
    expect(await next).toBeNull();
  });

  it('keeps what should not happen for the log', async () => {
    const fault = readiness.fault();
    checks[0]?.fail(new TypeError('secret'));
    expect(await fault).toBe('internal');
    expect(logged).toHaveLength(1);
  });
});
