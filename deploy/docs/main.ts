import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { eventsPage } from './events-page';
import { SETTINGS_MARK, settingsSection } from './settings-section';

const page = (name: string) => join(process.cwd(), 'docs', name);

/** Writes what is generated from code. Run from the project's folder: `npm run docs`. */
writeFileSync(page('events.md'), eventsPage());
const operations = readFileSync(page('operations.md'), 'utf8').split(SETTINGS_MARK)[0] ?? '';
writeFileSync(page('operations.md'), operations + settingsSection());
