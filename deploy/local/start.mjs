/** `npm start`: prepares the checkout, then runs the whole system from this very process, so that signals reach it. */
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { prepare, root } from './prepare.mjs';

prepare();
process.setSourceMapsEnabled(true);
await import(pathToFileURL(join(root, 'dist', 'deploy', 'local', 'main.js')).href);
