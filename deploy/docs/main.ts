import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { eventsPage } from './events-page';
import { SETTINGS_MARK, settingsSection } from './settings-section';
import { EXAMPLE_MARK, workedExample } from './worked-example';

const page = (name: string) => join(process.cwd(), 'docs', name);

/** What stands before a mark was written by hand, and stays. */
const endWith = (name: string, mark: string, section: string): void => {
  const written = readFileSync(page(name), 'utf8').split(mark)[0] ?? '';
  writeFileSync(page(name), written + section);
};

/** Writes what is generated from code. Run from the project's folder: `npm run docs`. */
async function writePages(): Promise<void> {
  writeFileSync(page('events.md'), eventsPage());
  endWith('operations.md', SETTINGS_MARK, settingsSection());
  endWith('mind.md', EXAMPLE_MARK, await workedExample());
}

void writePages();
