import { join } from 'node:path';
import { runLocally } from './local-run';

const root = join(__dirname, '..', '..', '..');

void runLocally({
  root,
  args: process.argv.slice(2),
  env: process.env,
  fileOf: (service) => join(root, 'dist', 'services', service, 'src', 'main.js'),
}).then((code) => process.exit(code));
