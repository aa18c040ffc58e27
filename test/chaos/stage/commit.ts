import { spawnSync } from 'node:child_process';

/** What a checkout holds: its commit, and whether anything is changed in it; null where there is no repository. */
export function commitOf(folder: string): string | null {
  const git = (...args: string[]) => spawnSync('git', args, { cwd: folder, encoding: 'utf8' });
  const head = git('rev-parse', 'HEAD');
  if (head.status !== 0) return null;
  const isClean = git('status', '--porcelain').stdout === '';
  return isClean ? head.stdout.trim() : `${head.stdout.trim()} with changes`;
}
