import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { eventsPage } from './events-page';

/** Writes the pages that are generated from code. Run from the project's folder: `npm run docs`. */
writeFileSync(join(process.cwd(), 'docs', 'events.md'), eventsPage());
