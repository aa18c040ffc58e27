import { ModelFailure } from './model-failure';
import type { ModelPort } from './model.port';
import { PatientModel } from './patient.model';
import { ScriptedModel, type ScriptStep } from './scripted.model';
import { aRequest } from './testing/model-conformance';

const failing: ScriptStep = { fail: 'model_unavailable' };

function patient(model: ModelPort, timeoutMs = 5_000) {
  const pauses: number[] = [];
  const clock = {
    sleep: (ms: number) => {
      pauses.push(ms);
      return Promise.resolve();
    },
  };
  const signal = new AbortController().signal;
  const subject = new PatientModel(model, { timeoutMs, clock, random: () => 0.5 });
  return { pauses, complete: (options = {}) => subject.complete(aRequest(), { signal, ...options }) };
}

describe('a patient model', () => {
  it('tries again after failures that may pass, with pauses that grow', async () => {
    const model = new ScriptedModel(failing, failing, { say: 'at last' });
    const { complete, pauses } = patient(model);
    expect((await complete()).text).toBe('at last');
    expect(pauses).toEqual([250, 500]);
  });

  it('gives up after three tries', async () => {
    const model = new ScriptedModel(failing, failing, failing, { say: 'too late' });
    await expect(patient(model).complete()).rejects.toMatchObject({
      code: 'model_unavailable',
      retryable: true,
    });
    expect(model.requests).toHaveLength(3);
  });

  it('does not ask again what was refused, or what failed for a reason of our own', async () => {
    const refusing = new ScriptedModel({ fail: 'model_refused' }, { say: 'never' });
    await expect(patient(refusing).complete()).rejects.toMatchObject({ code: 'model_refused' });
    expect(refusing.requests).toHaveLength(1);
    const broken: ModelPort = { complete: () => Promise.reject(new RangeError('a bug')) };
    await expect(patient(broken).complete()).rejects.toThrow(RangeError);
  });

  it('waits as long as the server asked for, within bounds', async () => {
    const asking = [2_000, 3_600_000];
    const model: ModelPort = {
      complete: () => {
        const retryAfterMs = asking.shift();
        return Promise.reject(new ModelFailure('model_unavailable', 'slow down', { retryAfterMs }));
      },
    };
    const { complete, pauses } = patient(model);
    await expect(complete()).rejects.toThrow('slow down');
    expect(pauses).toEqual([2_000, 15_000]);
  });

  it('says that the answer begins anew, but only when something was shown', async () => {
    const model = new ScriptedModel(
      failing,
      { fail: 'model_unavailable', afterTokens: ['so '] },
      { say: 'whole' },
    );
    const shown: string[] = [];
    const onRestart = () => shown.push('<restart>');
    await patient(model).complete({ onToken: (token: string) => shown.push(token), onRestart });
    expect(shown).toEqual(['so ', '<restart>', 'whole']);
  });

  it('has one deadline for everything', async () => {
    const model = new ScriptedModel(failing, { hang: true });
    await expect(patient(model, 30).complete()).rejects.toMatchObject({
      code: 'model_unavailable',
      message: 'the model did not answer within 30 ms',
    });
  });

  it('ends with the reason of the caller, even while it pauses or the model ignores it', async () => {
    const controller = new AbortController();
    const deaf: ModelPort = { complete: () => new Promise(() => undefined) };
    const answer = patient(deaf).complete({ signal: controller.signal });
    controller.abort(new Error('shutting down'));
    await expect(answer).rejects.toThrow('shutting down');
    const clock = { sleep: () => new Promise<void>(() => undefined) };
    const second = new AbortController();
    const pausing = new PatientModel(new ScriptedModel(failing), {
      timeoutMs: 5_000,
      clock,
      random: () => 0,
    });
    const paused = pausing.complete(aRequest(), { signal: second.signal });
    setTimeout(() => second.abort(new Error('shutting down')), 10);
    await expect(paused).rejects.toThrow('shutting down');
  });

  it('shows nothing that comes after the end', async () => {
    const shown: string[] = [];
    let say: (token: string) => void = () => undefined;
    const deaf: ModelPort = {
      complete: (_request, options) => {
        say = options.onToken ?? say;
        return new Promise(() => undefined);
      },
    };
    await expect(patient(deaf, 20).complete({ onToken: (t: string) => shown.push(t) })).rejects.toThrow(
      '20 ms',
    );
    say('late');
    expect(shown).toEqual([]);
  });
});
