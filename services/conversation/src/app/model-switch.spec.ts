import { FakeServices } from '../testing/fake-services';
import { MemoryLog } from '../testing/memory-log';
import { ModelSwitch } from './model-switch';

const echo = { provider: 'echo', model: 'echo-1' };
const models = {
  providers: ['echo', 'other'],
  choose: (own: { provider: string | null; model: string | null }) => ({
    provider: own.provider ?? echo.provider,
    model: own.model ?? echo.model,
  }),
};

describe('the switch to another model', () => {
  let log: MemoryLog;
  let subject: ModelSwitch;
  beforeEach(() => {
    log = new MemoryLog();
    subject = new ModelSwitch(log, new FakeServices(log), models);
  });
  const to = (provider: string, model: string, key?: string) =>
    subject.switch({ mind: 'ada', provider, model, key }, 1_000);

  it('is an event that tells from where to where', async () => {
    expect(await to('other', 'big')).toEqual({ position: 1 });
    expect(log.events[0]?.meta).toEqual({ from: echo, to: { provider: 'other', model: 'big' } });
    expect(await to('other', 'small')).toEqual({ position: 2 });
    expect(log.events[1]?.meta['from']).toEqual({ provider: 'other', model: 'big' });
  });

  it('writes nothing when that model is in force already', async () => {
    expect(await to('echo', 'echo-1')).toEqual({ position: 0 });
    await to('other', 'big');
    expect(await to('other', 'big')).toEqual({ position: 1 });
    expect(log.events).toHaveLength(1);
  });

  it('starts from what the mind was created with', async () => {
    log.model = { provider: 'other', model: 'big' };
    await to('other', 'big');
    expect(log.events).toEqual([]);
  });

  it('refuses a provider that is not set up here, and names those that are', async () => {
    await expect(to('oracle', 'delphi')).rejects.toMatchObject({
      code: 'invalid_request',
      message: expect.stringContaining('known: echo, other'),
    });
    expect(log.events).toEqual([]);
  });

  it('is safe to repeat with its key, even after other switches', async () => {
    await to('other', 'big', 'k1');
    await to('other', 'small', 'k2');
    expect(await to('other', 'big', 'k1')).toEqual({ position: 1 });
    expect(log.events).toHaveLength(2);
    await expect(to('other', 'third', 'k1')).rejects.toMatchObject({ code: 'id_conflict' });
  });

  it('knows no unknown mind', async () => {
    await expect(subject.switch({ mind: 'nobody', ...echo }, 1_000)).rejects.toMatchObject({
      code: 'unknown_mind',
    });
  });
});
