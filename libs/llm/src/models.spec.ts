import { z } from 'zod';
import { modelSettings } from './model-settings';
import { Models } from './models';
import { ScriptedModel } from './scripted.model';
import { aRequest } from './testing/model-conformance';

const settings = (given: Record<string, string> = {}) => z.object(modelSettings).parse(given);
const models = (given: Record<string, string> = {}) => Models.from(settings(given));

describe('the models of a process', () => {
  it('are echo when nothing is set', () => {
    expect(models().standard).toEqual({ provider: 'echo', model: 'echo-1' });
    expect(models().providers).toEqual(['echo']);
  });

  it('are any OpenAI-compatible server by two settings', () => {
    const subject = models({ PMM_MODEL_BASE_URL: 'http://127.0.0.1:11434/v1', PMM_MODEL: 'llama3.2' });
    expect(subject.standard).toEqual({ provider: 'openai-compatible', model: 'llama3.2' });
    expect(subject.providers).toEqual(['echo', 'openai-compatible']);
  });

  it('keep echo as the standard when it is named, and the server at hand', () => {
    const subject = models({ PMM_MODEL_PROVIDER: 'echo', PMM_MODEL_BASE_URL: 'http://127.0.0.1:11434/v1' });
    expect(subject.standard.provider).toBe('echo');
    expect(subject.knows('openai-compatible')).toBe(true);
  });

  it.each([
    [{ PMM_MODEL_PROVIDER: 'openai-compatible', PMM_MODEL: 'm' }, 'needs PMM_MODEL_BASE_URL'],
    [{ PMM_MODEL: 'llama3.2' }, 'PMM_MODEL needs PMM_MODEL_BASE_URL or PMM_MODEL_PROVIDER'],
    [{ PMM_MODEL_API_KEY: 'k' }, 'PMM_MODEL_API_KEY needs PMM_MODEL_BASE_URL or PMM_MODEL_PROVIDER'],
    [{ PMM_MODEL_PROVIDER: 'anthropic', PMM_MODEL_API_KEY: 'k' }, 'PMM_MODEL must name a model of anthropic'],
  ])('refuse settings that lack something: %p', (given, sentence) => {
    expect(() => models(given as Record<string, string>)).toThrow(sentence);
  });

  it.each([
    { PMM_MODEL_PROVIDER: 'oracle' },
    { PMM_MODEL_BASE_URL: 'ftp://x' },
    { PMM_MODEL_TIMEOUT_MS: 'soon' },
    { PMM_TOKENS_PER_DAY: '-1' },
  ])('refuse settings that are wrong: %p', (given) => {
    expect(() => settings(given as unknown as Record<string, string>)).toThrow(z.ZodError);
  });

  it('fill up what a mind has chosen', () => {
    const subject = models({ PMM_MODEL_BASE_URL: 'http://127.0.0.1:1/v1', PMM_MODEL: 'llama3.2' });
    expect(subject.choose({})).toEqual({ provider: 'openai-compatible', model: 'llama3.2' });
    expect(subject.choose({ model: 'other' })).toEqual({ provider: 'openai-compatible', model: 'other' });
    expect(subject.choose({ provider: 'echo', model: null })).toEqual({ provider: 'echo', model: 'echo-1' });
  });

  it('answer by the provider that is asked for, and refuse an unknown one by name', async () => {
    const one = new ScriptedModel({ say: 'one' });
    const subject = new Models({ provider: 'one', model: 'm' }, { one }, { timeoutMs: 1_000 });
    const signal = new AbortController().signal;
    const ask = (provider: string) =>
      subject.complete(aRequest({ choice: { provider, model: 'm' } }), { signal });
    expect((await ask('one')).text).toBe('one');
    await expect(ask('two')).rejects.toMatchObject({
      code: 'model_refused',
      message: expect.stringContaining('known: one'),
    });
  });
});
