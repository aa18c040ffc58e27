/** `npm run simulate`: prepares the checkout and runs the deterministic simulation of `test/simulate`. */
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { prepare, root } from './prepare.mjs';

prepare();
process.setSourceMapsEnabled(true);
await import(pathToFileURL(join(root, 'dist', 'test', 'simulate', 'main.js')).href);
