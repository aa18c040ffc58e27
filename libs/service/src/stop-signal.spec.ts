import { StopSignal } from './stop-signal';

type Handler = () => void;

/** The signals that reach the process, and the codes with which it ended. */
function listening() {
  const handlers = new Map<string, Handler>();
  const exits: (number | string | null | undefined)[] = [];
  const logged: string[] = [];
  jest.spyOn(process, 'on').mockImplementation((name, handler) => {
    handlers.set(String(name), handler as Handler);
    return process;
  });
  jest.spyOn(process, 'exit').mockImplementation((code) => {
    exits.push(code);
    return undefined as never;
  });
  const log = (text: string) => void logged.push(text);
  const signal = new StopSignal({ info: log, warn: log, error: log });
  return { signal, exits, logged, send: (name: string) => handlers.get(name)?.() };
}

beforeEach(() => jest.useFakeTimers());
afterEach(() => {
  jest.useRealTimers();
  jest.restoreAllMocks();
});

describe('the end of a process', () => {
  it.each(['SIGTERM', 'SIGINT', 'disconnect'])(
    'comes with %s, once, and is 0 when all was stopped',
    async (name) => {
      const { signal, exits, send } = listening();
      let stops = 0;
      signal.calls(() => Promise.resolve(void (stops += 1)));
      send(name);
      send('SIGTERM');
      await jest.advanceTimersByTimeAsync(100);
      expect([stops, exits]).toEqual([1, [0]]);
    },
  );

  it('is immediate while there is nothing to stop', async () => {
    const { exits, send } = listening();
    send('SIGTERM');
    await jest.advanceTimersByTimeAsync(0);
    expect(exits).toEqual([0]);
  });

  it('is 1 when stopping fails', async () => {
    const { signal, exits, logged, send } = listening();
    signal.calls(() => Promise.reject(new Error('no')));
    send('SIGTERM');
    await jest.advanceTimersByTimeAsync(0);
    expect(exits).toEqual([1]);
    expect(logged).toContain('stopping failed');
  });

  it('is 1 within 10 s when stopping takes too long', async () => {
    const { signal, exits, send } = listening();
    signal.calls(() => new Promise(() => undefined));
    send('SIGTERM');
    await jest.advanceTimersByTimeAsync(9_000);
    expect(exits).toEqual([]);
    await jest.advanceTimersByTimeAsync(1_000);
    expect(exits).toEqual([1]);
  });
});
