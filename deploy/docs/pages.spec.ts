import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { eventsPage } from './events-page';
import { settingsSection } from './settings-section';
import { EXAMPLE_MARK, workedExample } from './worked-example';

const page = (name: string) => readFileSync(join(__dirname, '../../docs', name), 'utf8');

describe('generated pages are up to date (npm run docs writes them)', () => {
  it('docs/events.md says what the registry says', () => expect(page('events.md')).toBe(eventsPage()));

  it('docs/operations.md ends with the settings of all services', () =>
    expect(page('operations.md').endsWith(settingsSection())).toBe(true));

  it('docs/mind.md ends with a life as the rules write it', async () => {
    const [, example] = page('mind.md').split(EXAMPLE_MARK);
    expect(`${EXAMPLE_MARK}${example}`).toBe(await workedExample());
  });
});
