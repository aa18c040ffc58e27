/** `npm run chaos`: prepares the checkout and runs the fault harness of `test/chaos`. */
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { prepare, root } from './prepare.mjs';

prepare({ quiet: true });
process.setSourceMapsEnabled(true);
await import(pathToFileURL(join(root, 'dist', 'test', 'chaos', 'main.js')).href);
