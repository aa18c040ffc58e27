/** `npm run bench`: prepares the checkout and runs the benchmarks of `test/bench`. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { prepare, root } from './prepare.mjs';

prepare();
const main = join(root, 'dist', 'test', 'bench', 'main.js');
if (!existsSync(main)) {
  process.stderr.write('There are no benchmarks in this checkout: test/bench/main.ts is missing.\n');
  process.exit(1);
}
process.setSourceMapsEnabled(true);
await import(pathToFileURL(main).href);
