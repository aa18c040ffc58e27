import { ScriptedModel } from '#libs/llm';
import { TurnStage } from '../testing/turn-stage';

describe('the orderly end', () => {
  it('lets an open model call finish in time', async () => {
    const stage = new TurnStage({ model: new ScriptedModel({ say: 'In time.' }), shutdownMs: 1_000 });
    const asked = stage.say('Hello');
    await new Promise((resolve) => setImmediate(resolve));
    stage.shutdown.begin();
    expect((await asked).text).toBe('In time.');
  });

  it('aborts one that is still open afterwards: nothing is appended for it, and the caller may try again', async () => {
    const stage = new TurnStage({
      model: new ScriptedModel({ hang: true, afterTokens: ['I '] }),
      shutdownMs: 20,
    });
    const asked = stage.say('Hello');
    await new Promise((resolve) => setImmediate(resolve));
    stage.shutdown.begin();
    await expect(asked).rejects.toMatchObject({ code: 'unavailable', retryable: true });
    expect(stage.log.kinds()).toEqual(['user_message']);
    const elsewhere = new TurnStage({ log: stage.log, model: new ScriptedModel({ say: 'Here I am.' }) });
    expect((await elsewhere.say('Hello')).text).toBe('Here I am.');
  });

  it('takes no new turns', async () => {
    const stage = new TurnStage();
    stage.shutdown.begin();
    await expect(stage.say('Hello')).rejects.toMatchObject({ code: 'unavailable', retryable: true });
    expect(stage.log.events).toEqual([]);
  });
});
