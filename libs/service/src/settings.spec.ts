import { z } from 'zod';
import { baseSettings, cacheSettings, describeSettings, readSettings, SettingsError } from './settings';

const schema = z.object({ ...baseSettings, ...cacheSettings });
const refusal = (environment: NodeJS.ProcessEnv): string => {
  try {
    readSettings(schema, environment);
  } catch (error) {
    if (error instanceof SettingsError) return error.message;
    throw error;
  }
  throw new Error('it was accepted');
};

describe('settings', () => {
  it('have defaults, and an empty variable is as if absent', () => {
    expect(readSettings(schema, { PMM_SHARDS: '', PMM_NATS_CREDS: '' })).toEqual({
      PMM_NATS_URL: 'nats://127.0.0.1:4222',
      PMM_SHARDS: 64,
      PMM_LOG_LEVEL: 'info',
      PMM_HEALTH_HOST: '127.0.0.1',
      PMM_SNAPSHOT_EVERY: 1_000,
      PMM_VERIFY_SAMPLE: 0.01,
      PMM_RESIDENT_MINDS: 10_000,
    });
  });

  it('are read from their variables only, as numbers where they are numbers', () => {
    const given = {
      PMM_SHARDS: '8',
      PMM_VERIFY_SAMPLE: '0.5',
      PMM_HEALTH_PORT: '0',
      PMM_UNKNOWN: 'x',
      HOME: '/',
    };
    expect(readSettings(schema, given)).toMatchObject({
      PMM_SHARDS: 8,
      PMM_VERIFY_SAMPLE: 0.5,
      PMM_HEALTH_PORT: 0,
    });
    expect(readSettings(schema, given)).not.toHaveProperty('PMM_UNKNOWN');
  });

  it.each([
    ['PMM_SHARDS', '0'],
    ['PMM_SHARDS', 'many'],
    ['PMM_SHARDS', '1.5'],
    ['PMM_LOG_LEVEL', 'loud'],
    ['PMM_VERIFY_SAMPLE', '2'],
    ['PMM_HEALTH_PORT', '70000'],
  ])('refuse %s=%s with one sentence that names it', (name, value) => {
    const sentence = refusal({ [name]: value });
    expect(sentence).toMatch(new RegExp(`^${name}: `));
    expect(sentence).not.toContain('\n');
  });

  it('are described, one a line, with default and meaning', () => {
    const lines = describeSettings(schema).split('\n');
    expect(lines).toHaveLength(Object.keys(schema.shape).length);
    expect(lines.find((line) => line.startsWith('PMM_SHARDS'))).toMatch(/ 64 +number of shards/);
    expect(lines.find((line) => line.startsWith('PMM_NATS_CREDS'))).toMatch(/ none +path of/);
    for (const line of lines) expect(line.trim().split(/ {2,}/)).toHaveLength(3);
  });
});
