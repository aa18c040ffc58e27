import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';

function findUp(folder: string): string {
  if (existsSync(join(folder, 'package.json'))) return folder;
  const parent = dirname(folder);
  if (parent === folder) throw new Error('there is no checkout around this file');
  return findUp(parent);
}

/** The folder of the checkout, seen from a source file as well as from the build. */
export const checkout = findUp(__dirname);

/** The arguments with which Node runs the local system of a build. */
export const programOf = (folder: string): string[] => [
  '--enable-source-maps',
  join(folder, 'dist', 'deploy', 'local', 'main.js'),
];
