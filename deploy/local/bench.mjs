/** `npm run bench`: prepares the checkout and runs the benchmarks of `test/bench`. */
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { prepare, root } from './prepare.mjs';

prepare();
process.setSourceMapsEnabled(true);
await import(pathToFileURL(join(root, 'dist', 'test', 'bench', 'main.js')).href);
