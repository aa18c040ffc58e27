import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { eventsPage } from './events-page';

it('docs/events.md says what the registry says (npm run docs writes it)', () => {
  const page = readFileSync(join(__dirname, '../../docs/events.md'), 'utf8');
  expect(page).toBe(eventsPage());
});
