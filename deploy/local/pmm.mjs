#!/usr/bin/env node
/** `npm run pmm -- ...`: the command line; it reads its arguments from `process.argv` itself. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { prepare, root } from './prepare.mjs';

prepare({ quiet: true });
const main = join(root, 'dist', 'libs', 'cli', 'src', 'main.js');
if (!existsSync(main)) {
  process.stderr.write('The command line is not part of this build: libs/cli/src/main.ts is missing.\n');
  process.exit(1);
}
process.setSourceMapsEnabled(true);
await import(pathToFileURL(main).href);
