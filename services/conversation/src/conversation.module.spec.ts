import { Test } from '@nestjs/testing';
import { systemClock } from '#libs/kernel';
import { Metrics, type Link, type LogClient, type Ownership, type Requests } from '#libs/messaging';
import { ContextModule, readSettings, SettingsError } from '#libs/service';
import { Shutdown } from './app/shutdown';
import { Turns } from './app/turns';
import { conversationSettings } from './config';
import { ConversationModule } from './conversation.module';

const settings = (given: Record<string, string> = {}) => readSettings(conversationSettings, given);

function compile(given: Record<string, string> = {}) {
  const config = settings(given);
  const silent = { info: () => undefined, warn: () => undefined, error: () => undefined };
  const context = ContextModule.forContext({
    instance: 'one',
    config,
    link: { state: 'connected', onReconnect: () => undefined } as unknown as Link,
    requests: { shards: 1 } as Requests,
    logClient: { mind: () => Promise.reject(new Error('no log here')) } as unknown as LogClient,
    ownership: { onRelease: () => undefined } as unknown as Ownership,
    metrics: new Metrics({ service: 'conversation', instance: 'one' }),
    clock: systemClock,
    log: silent,
  });
  return Test.createTestingModule({ imports: [context, ConversationModule.with(config)] }).compile();
}

describe('the module of conversation', () => {
  it('puts all parts together', async () => {
    const module = await compile();
    const turn = { mind: 'ada', turnId: 't1', text: 'Hello', stream: false, deadlineAt: Date.now() + 1_000 };
    await expect(module.get(Turns).take(turn)).rejects.toThrow('no log here');
    module.get(Shutdown).begin();
    await expect(module.get(Turns).take(turn)).rejects.toMatchObject({ code: 'unavailable' });
  });

  it('does not start on settings that make no sense', () => {
    expect(() => settings({ PMM_MODEL_PROVIDER: 'oracle' })).toThrow(SettingsError);
    expect(() => ConversationModule.with(settings({ PMM_MODEL_BASE_URL: 'http://127.0.0.1:1/v1' }))).toThrow(
      'PMM_MODEL must name a model of openai-compatible',
    );
  });
});
