import { join } from 'node:path';
// Relative, as a bare Node process knows the aliases only of a finished build.
import { runLocally } from '../../../deploy/local/local-run';

/** The real local run with real servers, around services that do nothing. */
void runLocally({
  root: join(__dirname, '..', '..', '..'),
  args: process.argv.slice(2),
  env: process.env,
  fileOf: () => join(__dirname, 'service.mjs'),
}).then((code) => process.exit(code));
